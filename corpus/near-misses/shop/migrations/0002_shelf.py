from django.db import migrations, models


# stock waits for shop.0001 and shop for stock.0001: in turn, not in a circle.
class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial"), ("stock", "0001_initial")]
    operations = [
        migrations.AddField("order", "shelf", models.ForeignKey("stock.shelf", models.CASCADE, null=True)),
    ]
