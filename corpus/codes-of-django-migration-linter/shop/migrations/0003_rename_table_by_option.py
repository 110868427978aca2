from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_rename_table")]
    operations = [
        migrations.AlterModelTable("Two", "shop_due"),
    ]
