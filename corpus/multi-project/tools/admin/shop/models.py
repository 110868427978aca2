from django.db import models


class Report(models.Model):
    year = models.IntegerField()
    month = models.IntegerField(default=1)
    title = models.CharField(max_length=50, default="")
