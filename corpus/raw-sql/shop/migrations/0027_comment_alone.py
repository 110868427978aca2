from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0026_not_sql")]
    operations = [
        migrations.RunSQL("-- DROP TABLE shop_orders", migrations.RunSQL.noop),
    ]
