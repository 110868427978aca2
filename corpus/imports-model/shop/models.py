from django.db import models


def default_code():
    return "A-1"


class Product(models.Model):
    name = models.CharField(max_length=100)
    code = models.CharField(max_length=10, default=default_code)
