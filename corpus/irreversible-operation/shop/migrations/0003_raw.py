from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_fill")]
    operations = [migrations.RunSQL("UPDATE shop_product SET name = 'unnamed' WHERE name = ''")]
