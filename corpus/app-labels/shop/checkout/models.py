from django.db import models


class Cart(models.Model):
    total = models.IntegerField(default=0)
