from django.conf import settings
from django.db import models


class Review(models.Model):
    product = models.ForeignKey("catalogue.Product", on_delete=models.CASCADE, related_name="reviews")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL)
    stars = models.PositiveSmallIntegerField(choices=[(n, "★" * n) for n in range(1, 6)])
    text = models.TextField(blank=True)
