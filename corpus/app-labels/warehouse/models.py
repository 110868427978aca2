from django.db import models


class Bin(models.Model):
    row = models.IntegerField(default=0)
