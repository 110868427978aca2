from django.contrib.postgres.operations import RemoveIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0005_concurrent_not_alone")]
    operations = [
        RemoveIndexConcurrently("order", "order_size"),
    ]
