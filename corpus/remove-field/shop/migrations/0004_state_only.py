from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_drop_many_to_many")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveField("product", "legacy_code")],
        ),
        migrations.RemoveField("ledger", "note"),
    ]
