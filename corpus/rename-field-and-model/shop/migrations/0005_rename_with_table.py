from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_rename_model")]
    operations = [
        migrations.AlterModelTable("order", "shop_order"),
        migrations.RenameModel("Order", "Purchase"),
    ]
