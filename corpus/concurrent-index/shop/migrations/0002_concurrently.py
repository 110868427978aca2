import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0001_initial")]
    operations = [
        AddIndexConcurrently("event", models.Index(fields=["at"], name="event_at_btree")),
        RemoveIndexConcurrently("event", "event_at_btree"),
        AddIndexConcurrently(
            model_name="event",
            index=django.contrib.postgres.indexes.GinIndex(fields=["payload"], name="event_payload"),
        ),
    ]
