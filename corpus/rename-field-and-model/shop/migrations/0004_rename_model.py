from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_rename_with_column")]
    operations = [migrations.RenameModel("Customer", "Client")]
