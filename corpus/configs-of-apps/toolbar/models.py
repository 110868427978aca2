from django.db import models


class Entry(models.Model):
    data = models.JSONField(default=dict)
