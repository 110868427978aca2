from django.contrib.auth import get_user_model
from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.db import models


def staff():
    return {"is_staff": True}


class Owned(models.Model):
    owner = models.ForeignKey(
        "auth.User", on_delete=models.SET_NULL, null=True, related_name="%(app_label)s_%(class)ss", limit_choices_to=staff
    )
    groups = models.ManyToManyField("auth.Group", blank=True, related_name="+")

    class Meta:
        abstract = True


class Category(Owned):
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="children")
    code = models.CharField(max_length=10, unique=True)
    similar = models.ManyToManyField("self", symmetrical=False)


class Product(Owned):
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, to_field="code", db_column="cat", limit_choices_to={"parent": None}
    )
    main_bin = models.OneToOneField("stock.Bin", on_delete=models.DO_NOTHING, db_constraint=False)
    suppliers = models.ManyToManyField(
        "stock.Supplier", through="Delivery", through_fields=("product", "supplier"), related_name="products"
    )
    related = models.ManyToManyField("Product", db_table="product_related")
    comments = GenericRelation("shop.Comment")


class Delivery(models.Model):
    product = models.ForeignKey(Product, models.CASCADE, db_index=False)
    supplier = models.ForeignKey("stock.Supplier", models.SET_DEFAULT, default=1)
    checked_by = models.ForeignKey(get_user_model(), models.SET(None), null=True, swappable=False)


class Comment(models.Model):
    content_type = models.ForeignKey(ContentType, on_delete=models.CASCADE)
    object_id = models.PositiveIntegerField()
    subject = GenericForeignKey()
    text = models.TextField()
