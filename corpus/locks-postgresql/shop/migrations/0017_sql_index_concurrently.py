from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0016_sql_index")]
    operations = [
        migrations.RunSQL("CREATE INDEX CONCURRENTLY order_f ON shop_order (number)", "DROP INDEX order_f"),
    ]
