from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0010_drop_table")]
    operations = [
        migrations.RunSQL("DROP TABLE shop_five", migrations.RunSQL.noop, state_operations=[migrations.DeleteModel("Five")]),
    ]
