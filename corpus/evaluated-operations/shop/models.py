from django.conf import settings
from django.db import models

from .constants import NAME_LENGTH, STATES


class Product(models.Model):
    name = models.CharField(max_length=NAME_LENGTH * 2)
    state = models.CharField(max_length=max(len(value) for value, _ in STATES), choices=STATES, default=STATES[0][0])
    price = models.IntegerField(default=0)
    weight = models.IntegerField(default=1)
    name_en = models.CharField(max_length=120, null=True)
    name_de = models.CharField(max_length=120, null=True)
    name_fr = models.CharField(max_length=120, null=True)


if settings.SHOP_WITH_ARCHIVE:

    class Archive(models.Model):
        year = models.PositiveIntegerField()

        class Meta:
            db_table = "shop_archive"
