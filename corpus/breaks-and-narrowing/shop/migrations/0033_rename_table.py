from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0032_rename_attribute")]
    operations = [
        migrations.AlterModelTable("line", "shop_order_line"),
    ]
