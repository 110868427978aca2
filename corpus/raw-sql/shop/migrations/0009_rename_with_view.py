from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0008_rename_table_untold")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_order RENAME TO shop_orders", migrations.RunSQL.noop),
        migrations.RunSQL("CREATE VIEW shop_order AS SELECT * FROM shop_orders", migrations.RunSQL.noop, state_operations=[migrations.AlterModelTable("order", "shop_orders")]),
    ]
