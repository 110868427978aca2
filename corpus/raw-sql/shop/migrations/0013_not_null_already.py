from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0012_not_null")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_orders ALTER COLUMN number SET NOT NULL", migrations.RunSQL.noop),
    ]
