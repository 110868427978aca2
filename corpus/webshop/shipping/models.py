from django.db import models


class Carrier(models.Model):
    name = models.CharField(max_length=50, unique=True)
    url = models.URLField(null=True)


class Parcel(models.Model):
    order = models.ForeignKey("orders.Order", on_delete=models.CASCADE, related_name="parcels")
    carrier = models.ForeignKey(Carrier, null=True, on_delete=models.SET_NULL)
    address = models.ForeignKey("customers.Address", on_delete=models.PROTECT)
    tracking = models.CharField(max_length=40, blank=True)
    weight = models.PositiveIntegerField(null=True)
