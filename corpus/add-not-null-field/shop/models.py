from django.db import models


class Owner(models.Model):
    name = models.CharField(max_length=100)


class Product(models.Model):
    name = models.CharField(max_length=100)
    weight = models.IntegerField(default=0)
    owner = models.ForeignKey(Owner, on_delete=models.CASCADE)
    colour = models.CharField(max_length=7, null=True)
    friends = models.ManyToManyField("self")


class Shelf(models.Model):
    code = models.CharField(max_length=10)
    row = models.IntegerField(default=1)
