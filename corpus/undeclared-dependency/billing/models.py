from django.db import models


class Invoice(models.Model):
    order = models.ForeignKey("shop.Order", on_delete=models.CASCADE)
