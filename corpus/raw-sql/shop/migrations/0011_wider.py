from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0010_narrower")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_orders ALTER COLUMN number TYPE text", migrations.RunSQL.noop),
    ]
