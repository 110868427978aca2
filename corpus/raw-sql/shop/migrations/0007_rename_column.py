from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0006_drop_table_after_state")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_order RENAME COLUMN code TO code_two", migrations.RunSQL.noop, state_operations=[migrations.RenameField("order", "code", "code_two")]),
    ]
