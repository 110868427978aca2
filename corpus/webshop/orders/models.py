import uuid

from django.conf import settings
from django.db import models

from catalogue.models import Product, Timestamped


def order_number():
    return uuid.uuid4().hex[:12].upper()


class Order(Timestamped):
    STATES = [("cart", "Cart"), ("placed", "Placed"), ("paid", "Paid"), ("closed", "Closed")]

    number = models.CharField(max_length=12, default=order_number, unique=True, editable=False)
    customer = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="orders")
    state = models.CharField(max_length=6, choices=STATES, default="cart")
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["-created_at"]
        get_latest_by = "created_at"
        permissions = [("refund_order", "Can refund an order")]
        indexes = [models.Index(fields=["state", "-created_at"], name="order_state_created")]


class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    product = models.ForeignKey(Product, on_delete=models.PROTECT)
    quantity = models.PositiveIntegerField(default=1)
    price = models.DecimalField(max_digits=10, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "product"], name="%(app_label)s_%(class)s_once"),
        ]


class PaidOrder(Order):
    class Meta:
        proxy = True
        verbose_name = "paid order"
