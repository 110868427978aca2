from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0020_own_table")]
    operations = [
        migrations.RunSQL("BEGIN", migrations.RunSQL.noop),
        migrations.RunSQL("UPDATE shop_orders SET size = 1 WHERE size = 2", migrations.RunSQL.noop),
        migrations.RunSQL("COMMIT", migrations.RunSQL.noop),
    ]
