from django.db import models


class Review(models.Model):
    order = models.ForeignKey("shop.Order", on_delete=models.CASCADE)
    stars = models.PositiveSmallIntegerField()
