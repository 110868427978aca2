from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_drop_index")]
    operations = [
        migrations.RenameIndex("order", new_name="order_state_idx", old_name="order_state"),
    ]
