from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0005_drop_table")]
    operations = [
        migrations.RunSQL("DROP TABLE IF EXISTS shop_old", migrations.RunSQL.noop),
    ]
