from django.db import models


class Tag(models.Model):
    label = models.CharField(max_length=30)


class Product(models.Model):
    name = models.CharField(max_length=120, db_index=True)
    price = models.DecimalField(max_digits=10, decimal_places=2, default=0)
    weight = models.IntegerField(null=True)
    tags = models.CharField(max_length=100, default="")
    bin = models.ForeignKey("stock.Bin", null=True, on_delete=models.SET_NULL)
    related = models.ManyToManyField("self")

    class Meta:
        ordering = ["name"]
        verbose_name = "article"
        indexes = [models.Index(fields=["price"], name="product_price")]
        constraints = [models.UniqueConstraint(fields=["name", "bin"], name="name_bin")]


class CheapProduct(Product):
    class Meta:
        proxy = True


class Gift(Product):
    wrapping = models.CharField(max_length=20)
