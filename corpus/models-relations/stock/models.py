from django.db import models


class Supplier(models.Model):
    name = models.CharField(max_length=10)


class Bin(models.Model):
    last_product = models.ForeignKey("shop.Product", on_delete=models.SET_NULL, null=True, related_query_name="seen_in")
