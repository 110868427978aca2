from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0018_update_some")]
    operations = [
        migrations.RunSQL("DELETE FROM shop_orders", migrations.RunSQL.noop),
    ]
