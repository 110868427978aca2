from django.db import models
from django.db.models.functions import Now


class Product(models.Model):
    name = models.CharField(max_length=100)
    weight = models.IntegerField(db_default=0)
    listed_at = models.DateTimeField(db_default=Now())
