from django.db import models


class Order(models.Model):
    total = models.IntegerField(default=0)
    year = models.IntegerField(null=True)
    ticket = models.CharField(max_length=20, null=True)
