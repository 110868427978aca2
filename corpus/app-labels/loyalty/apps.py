from django.apps import AppConfig


class FirstConfig(AppConfig):
    name = "loyalty"
    label = "first"


class SecondConfig(AppConfig):
    name = "loyalty"
    label = "bonus"
    default_auto_field = "django.db.models.AutoField"
