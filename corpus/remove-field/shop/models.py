from django.db import models


class Tag(models.Model):
    name = models.SlugField()


class Product(models.Model):
    name = models.CharField(max_length=100)


class Ledger(models.Model):
    amount = models.IntegerField()

    class Meta:
        managed = False
        db_table = "erp_ledger"
