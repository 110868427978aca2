import pathlib

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.core.files.storage import default_storage
from django.db import models
from django.db.models.base import ModelBase

from .fields import Guard, MenuField, NotesField, PriceField, SinceField
from .lists import LANGUAGES, Kinds


class Linked(ModelBase):
    """Once a shelf and its label are there, the shelf gets a link to the label."""

    made = {}

    def __new__(cls, name, bases, attrs, **kwargs):
        model = super().__new__(cls, name, bases, attrs, **kwargs)
        cls.made[name] = model
        if {"Shelf", "Label"} <= set(cls.made):
            try:
                cls.made["Shelf"]._meta.get_field("label")
            except FieldDoesNotExist:
                cls.made["Shelf"].add_to_class("label", models.ForeignKey(cls.made["Label"].__name__, models.CASCADE))
        return model


class Shelf(models.Model, metaclass=Linked):
    row = models.IntegerField()


class Label(models.Model, metaclass=Linked):
    text = models.CharField(max_length=20)


class Book(models.Model):
    title = models.CharField(max_length=200)
    price = PriceField(max_digits=6, decimal_places=2)
    fee = PriceField(max_digits=6, decimal_places=2)
    language = models.CharField(max_length=2, choices=zip(LANGUAGES, LANGUAGES))
    shelf = models.ForeignKey(Shelf, Guard(models.PROTECT), null=True)
    former = models.ForeignKey(Shelf, models.SET(None), null=True, related_name="+")
    scan = models.FileField(upload_to=pathlib.Path("books") / "scans", storage=default_storage)

    notes = NotesField("library.Note")
    menu = MenuField(max_length=5)
    side = MenuField(max_length=5, choices=[("l", "Left")])

    class Meta:
        ordering = ["title"]


class Note(models.Model):
    content_type = models.ForeignKey("contenttypes.ContentType", models.CASCADE)
    object_id = models.PositiveIntegerField()
    data = models.JSONField(default=list)


class Owner(models.Model):
    since = SinceField(editable=True)
    kind = models.CharField(max_length=5, choices=Kinds("a", "b"))
    other = models.CharField(max_length=5)
    other.choices = Kinds("c")


class Copy(Book):
    owner = models.ForeignKey(getattr(settings, "LIBRARY_OWNER_MODEL", "auth.User"), models.CASCADE)
    number = models.IntegerField()


for field in [Book._meta.get_field("shelf"), Copy._meta.get_field("book_ptr")]:
    rel = field.remote_field
    text = f"{rel.name} {rel.get_accessor_name()} {rel.multiple} {rel.one_to_many} {rel.one_to_one}"
    Copy.add_to_class("by_" + rel.name, models.CharField(max_length=200, default=text))
