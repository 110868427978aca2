from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0021_transaction")]
    operations = [
        migrations.RunSQL("BEGIN", migrations.RunSQL.noop),
        migrations.RunSQL("UPDATE shop_orders SET size = 1 WHERE size = 2", migrations.RunSQL.noop),
        migrations.RunSQL("COMMIT", migrations.RunSQL.noop),
    ]
