from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0006_drop_concurrently")]
    operations = [
        migrations.RemoveIndex("order", "order_weight"),
    ]
