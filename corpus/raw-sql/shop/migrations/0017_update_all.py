from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0016_truncate")]
    operations = [
        migrations.RunSQL("UPDATE shop_orders SET size = 0", migrations.RunSQL.noop),
    ]
