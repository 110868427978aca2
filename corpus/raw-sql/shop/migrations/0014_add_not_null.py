from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0013_not_null_already")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_orders ADD COLUMN extra integer NOT NULL", migrations.RunSQL.noop),
    ]
