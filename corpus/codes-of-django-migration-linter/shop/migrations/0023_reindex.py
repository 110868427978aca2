from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0022_drop_index")]
    operations = [
        migrations.RunSQL("REINDEX TABLE shop_order", migrations.RunSQL.noop),
    ]
