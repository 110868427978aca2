from django.db import migrations, models

from shop.operations import IndexSafely


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0006_tables")]
    operations = [
        IndexSafely("order", models.Index(fields=["name", "remark"], name="order_both")),
    ]
