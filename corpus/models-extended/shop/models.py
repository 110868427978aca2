from django.contrib.postgres.fields import ArrayField
from django.db import models

from .fields import KindField


class Order(models.Model):
    tags = ArrayField(models.CharField(max_length=20), default=list)
    pairs = ArrayField(models.IntegerField(), size=2, null=True)
    kind = KindField(max_length=10, default="plain", help_text="What it is")


class Parcel(models.Model):
    code = models.CharField(max_length=30, unique=True)
