from django.db import models


class Report(models.Model):
    bin = models.ForeignKey("stock.Bin", on_delete=models.CASCADE)
