from django.db import models


class Tag(models.Model):
    name = models.SlugField()
