from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0008_drop_column")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_order DROP COLUMN b", migrations.RunSQL.noop, state_operations=[migrations.RemoveField("order", "b")]),
    ]
