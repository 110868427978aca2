from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "plugins.payments"
    label = "shop_payments"
    verbose_name = "Payments"
