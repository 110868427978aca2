import sqlite3

from django.db import models

from . import limits
from .fields import KINDS, TaggedField


def has_search():
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE t USING fts5 (data);")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return sqlite3.sqlite_version_info >= (3, 19, 0)


class Tag(models.Model):
    name = models.CharField(max_length=limits.NAME)


class Item(models.Model):
    kind = models.CharField(max_length=10, choices=KINDS)
    tags = TaggedField(Tag)


if has_search():

    class Found(models.Model):
        item = models.OneToOneField(Item, on_delete=models.CASCADE, primary_key=True)
