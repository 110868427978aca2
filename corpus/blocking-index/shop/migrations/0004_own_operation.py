from django.db import migrations, models

from shop.operations import AddLoggedIndex


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_db_index")]
    operations = [AddLoggedIndex("order", models.Index(fields=["-placed_at"], name="order_placed"))]
