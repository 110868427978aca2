from django.db import models


class Tenant(models.Model):
    name = models.CharField(max_length=20)


class Product(models.Model):
    pk = models.CompositePrimaryKey("tenant_id", "sku")
    tenant = models.ForeignKey(Tenant, on_delete=models.CASCADE)
    sku = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
