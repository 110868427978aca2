from copy import copy

from django.conf import settings
from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import AppRegistryNotReady, ImproperlyConfigured
from django.db import models
from django.db.migrations.serializer import BaseSerializer, serializer_factory
from django.db.migrations.writer import MigrationWriter
from django.db.models.fields import Field


class PriceField(models.DecimalField):
    """Brings a column for the currency, which stands before its own."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.creation_counter += 1
        Field.creation_counter += 1

    def contribute_to_class(self, cls, name):
        # The states of migrations have it already.
        there = any(field.name == name + "_currency" for field in cls._meta.local_fields)
        if not there and not hasattr(self, "_currency"):
            self._currency = models.CharField(max_length=3, default="EUR")
            self._currency.creation_counter = self.creation_counter - 1
            cls.add_to_class(name + "_currency", self._currency)
        super().contribute_to_class(cls, name)


class NotesField(GenericRelation):
    """Counts what it relates to, in a column that it brings along."""

    def __init__(self, *args, **kwargs):
        try:
            self.related_model
        except (AppRegistryNotReady, AttributeError):
            super().__init__(*args, **kwargs)
        else:
            raise ImproperlyConfigured("related_model is not to be set")

    def contribute_to_class(self, cls, name):
        super().contribute_to_class(cls, name)
        if not cls._meta.abstract:
            cls.add_to_class(name + "_count", copy(models.IntegerField(default=0)))


class SinceField(models.DateField):
    """Not to be edited, unless it is said so; Django's default is the other way round."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("editable", False)
        super().__init__(*args, **kwargs)


class MenuField(models.CharField):
    """Takes its choices from the settings, unless it is given some."""

    def _get_choices(self):
        return self._choices or ((code, code.title()) for code in settings.LIBRARY_MENUS)

    def _set_choices(self, choices):
        self._choices = choices

    choices = property(_get_choices, _set_choices)


class Guard:
    """Stands around what `on_delete` says."""

    def __init__(self, action):
        if not callable(action):
            raise TypeError("action")
        self.action = action

    def __call__(self, *args):
        self.action(*args)

    def __eq__(self, other):
        if isinstance(other, Guard):
            other = other.action
        return serializer_factory(self.action).serialize() == serializer_factory(other).serialize()

    def __hash__(self):
        return 1


class GuardSerializer(BaseSerializer):
    def serialize(self):
        return serializer_factory(self.value.action).serialize()


MigrationWriter.register_serializer(Guard, GuardSerializer)
