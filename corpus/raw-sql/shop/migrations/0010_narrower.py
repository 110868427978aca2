from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0009_rename_with_view")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_orders ALTER COLUMN number TYPE varchar(10)", migrations.RunSQL.noop),
    ]
