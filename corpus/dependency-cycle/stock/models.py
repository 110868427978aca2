from django.db import models


class Shelf(models.Model):
    reserved_for = models.ForeignKey("shop.Order", null=True, on_delete=models.SET_NULL)
