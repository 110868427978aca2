import os
import platform

from django.conf import settings
from django.db import models

# A module's name, by way of an instance of one of its classes.
SETTINGS_MODULE = settings.__class__.__module__


class Shelf(models.Model):
    workers = min(8, (os.cpu_count() or 2) * 4)
    machine = platform.machine()
    is_big = os.cpu_count() > 4
    label: str = f"{os.getpid()} on {platform.node()}"

    name = models.CharField(max_length=30)
    depth = models.IntegerField(default=1)


class OracleVoucher(models.Model):
    code = models.CharField(max_length=20)


class Sale(models.Model):
    shelf = models.ForeignKey(Shelf, on_delete=models.CASCADE)
    voucher = models.ForeignKey("Voucher", null=True, on_delete=models.SET_NULL, db_constraint=False)
    origin = models.CharField(max_length=len(SETTINGS_MODULE))
    placed = models.ManyToManyField(Shelf, through="Place", related_name="placed")
