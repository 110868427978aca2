from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0018_sql_index_in_transaction")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_order SET TABLESPACE fast", migrations.RunSQL.noop),
    ]
