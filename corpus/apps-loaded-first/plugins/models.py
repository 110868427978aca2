from django.db import models

from . import conf  # noqa: F401
from .registry import KINDS, registry, set_prefix

KINDS["book"] = "Book"
set_prefix("shop", "store")
registry.add("first")


class Plugin(models.Model):
    name = models.CharField(max_length=40)
