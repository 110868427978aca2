from django.db import models


class Shelf(models.Model):
    code = models.CharField(max_length=20)
    reserved_for = models.ForeignKey("shop.Order", models.CASCADE, null=True, related_name="+")

    class Meta:
        db_table = "stock_shelf"
