from django.apps import AppConfig
from django.conf import settings


class ShopConfig(AppConfig):
    name = "shop"

    def ready(self):
        from django.db import models

        order = self.get_model("order")
        if settings.USE_TZ and not hasattr(order, "data"):
            models.JSONField(blank=True, null=True).contribute_to_class(order, "data")
