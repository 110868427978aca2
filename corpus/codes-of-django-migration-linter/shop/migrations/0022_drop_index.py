from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0021_create_index_exclusive")]
    operations = [
        migrations.RemoveIndex("order", "order_code"),
    ]
