from django.db import migrations, models

from shop.operations import IndexSafely


class Migration(migrations.Migration):
    dependencies = [("shop", "0007_own_operation")]
    operations = [
        IndexSafely("order", models.Index(fields=["remark", "name"], name="order_two")),
    ]
