from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_drop_column")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_order DROP COLUMN note", migrations.RunSQL.noop),
    ]
