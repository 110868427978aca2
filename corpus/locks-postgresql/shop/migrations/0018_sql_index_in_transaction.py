from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0017_sql_index_concurrently")]
    operations = [
        migrations.RunSQL("CREATE INDEX CONCURRENTLY order_g ON shop_order (number)", "DROP INDEX order_g"),
    ]
