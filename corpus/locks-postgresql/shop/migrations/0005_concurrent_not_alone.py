from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0004_concurrent_retryable")]
    operations = [
        migrations.AddField("order", "note", models.TextField(null=True)),
        AddIndexConcurrently("order", models.Index(fields=["note"], name="order_d")),
    ]
