from django.db import models


class Order(models.Model):
    picked_from = models.ForeignKey("stock.Shelf", null=True, on_delete=models.SET_NULL)
