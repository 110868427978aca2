from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0014_add_not_null")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_orders ADD COLUMN extra_two integer NOT NULL DEFAULT 0", migrations.RunSQL.noop),
    ]
