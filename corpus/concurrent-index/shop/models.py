from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models


class Event(models.Model):
    payload = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            GinIndex(fields=["payload"], name="event_payload"),
            BrinIndex(fields=["at"], name="event_at", pages_per_range=32),
        ]
