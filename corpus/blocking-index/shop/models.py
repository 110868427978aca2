from django.db import models


class Order(models.Model):
    number = models.CharField(max_length=20)
    state = models.CharField(max_length=10, db_index=True)
    placed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["number"], name="order_number"),
            models.Index(fields=["-placed_at"], name="order_placed"),
            models.Index(fields=["number", "state"], name="order_number_state"),
        ]
        unique_together = {("number", "placed_at")}


class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    sku = models.SlugField()

    class Meta:
        indexes = [models.Index(fields=["sku", "order"], name="line_sku_order")]
