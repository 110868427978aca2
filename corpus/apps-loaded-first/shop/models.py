from django.conf import settings
from django.db import models

from plugins.registry import KINDS, kinds, prefix, registry

KINDS["toy"] = "Toy"
registry.add("second")


class Item(models.Model):
    kind = models.CharField(max_length=20, choices=kinds())
    place = models.CharField(max_length=20, default=prefix("shop"))
    size = models.CharField(max_length=settings.PLUGIN_LENGTH)
    rank = models.IntegerField(default=len(registry.entries))
