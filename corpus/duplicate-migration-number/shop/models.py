from django.db import models


class Tag(models.Model):
    name = models.CharField(max_length=30)
    colour = models.CharField(max_length=7, default="#ffffff")
