from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0025_procedural")]
    operations = [
        migrations.RunSQL("ALTER TABEL shop_orders FROBNICATE", migrations.RunSQL.noop),
    ]
