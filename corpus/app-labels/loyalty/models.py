from django.db import models


class Points(models.Model):
    amount = models.IntegerField()
