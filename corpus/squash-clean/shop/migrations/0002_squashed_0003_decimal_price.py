from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("shop", "0002_product_price"), ("shop", "0003_decimal_price")]
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("product", "price", models.DecimalField(decimal_places=2, default=0, max_digits=8))
    ]
