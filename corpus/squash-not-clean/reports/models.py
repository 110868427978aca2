from django.db import models


class Report(models.Model):
    product = models.ForeignKey("shop.Product", on_delete=models.CASCADE)
