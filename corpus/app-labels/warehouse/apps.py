from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "warehouse"


class WarehouseConfig(BaseConfig):
    default = True
    label = "stock"
    default_auto_field = "django.db.models.AutoField"
