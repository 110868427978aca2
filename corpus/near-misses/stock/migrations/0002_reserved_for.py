from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stock", "0001_initial"), ("shop", "0002_shelf")]
    operations = [
        migrations.AddField("shelf", "reserved_for", models.ForeignKey("shop.order", models.CASCADE, null=True, related_name="+")),
    ]
