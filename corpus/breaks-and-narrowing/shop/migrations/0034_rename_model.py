from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0033_rename_table")]
    operations = [
        migrations.RenameModel("Line", "OrderLine"),
    ]
