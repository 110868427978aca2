from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_rename_table_by_option")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_three RENAME TO shop_tre", migrations.RunSQL.noop, state_operations=[migrations.AlterModelTable("Three", "shop_tre")]),
    ]
