from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0012_rename_column")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_order RENAME COLUMN d TO dd", migrations.RunSQL.noop, state_operations=[migrations.RenameField("order", "d", "dd")]),
    ]
