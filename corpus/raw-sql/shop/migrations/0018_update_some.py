from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0017_update_all")]
    operations = [
        migrations.RunSQL("UPDATE shop_orders SET size = 0 WHERE size IS NULL", migrations.RunSQL.noop),
    ]
