from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0018_add_unique_together")]
    operations = [
        migrations.RunSQL("ALTER TABLE shop_order ADD CONSTRAINT order_e UNIQUE (e)", migrations.RunSQL.noop),
    ]
