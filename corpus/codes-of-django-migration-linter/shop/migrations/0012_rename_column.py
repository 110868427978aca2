from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0011_drop_table_by_sql")]
    operations = [
        migrations.RenameField("order", "c", "cc"),
    ]
