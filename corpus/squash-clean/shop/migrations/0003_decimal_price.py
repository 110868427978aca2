from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_product_price")]
    operations = [
        migrations.AlterField("product", "price", models.DecimalField(decimal_places=2, default=0, max_digits=8))
    ]
