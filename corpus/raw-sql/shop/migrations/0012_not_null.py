from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0011_wider")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_orders ALTER COLUMN size SET NOT NULL", migrations.RunSQL.noop),
    ]
