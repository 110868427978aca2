from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0007_rename_column")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_line RENAME TO shop_order_line", migrations.RunSQL.noop),
    ]
