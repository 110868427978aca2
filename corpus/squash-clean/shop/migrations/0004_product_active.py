from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_decimal_price")]
    operations = [migrations.AddField("product", "active", models.BooleanField(default=True))]
