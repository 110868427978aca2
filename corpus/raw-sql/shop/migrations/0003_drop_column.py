from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_drop_unknown")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_order DROP COLUMN gone", migrations.RunSQL.noop, state_operations=[migrations.RemoveField("order", "gone")]),
    ]
