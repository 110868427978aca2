from django.db import models


class OwnNullField(models.CharField):
    """Takes NULL without being told."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **{**kwargs, "null": True})

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("null", None)
        return name, path, args, kwargs


class NoColumnField(models.Field):
    """Keeps its values in a table of its own."""

    def db_type(self, connection):
        return None
