from django.db import models


class Payment(models.Model):
    cart = models.ForeignKey("checkout.Cart", on_delete=models.PROTECT)
