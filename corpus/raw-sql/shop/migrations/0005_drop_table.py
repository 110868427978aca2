from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_drop_column_untold")]
    operations = [
        migrations.RunSQL("DROP TABLE shop_old", migrations.RunSQL.noop, state_operations=[migrations.DeleteModel("Old")]),
    ]
