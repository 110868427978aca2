from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0038_remove_many_to_many")]
    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("order", "a")]),
    ]
