from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_order DROP COLUMN no_model_has_it", migrations.RunSQL.noop),
    ]
