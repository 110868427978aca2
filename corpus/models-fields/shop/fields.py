from django.db import models
from django.utils.translation import gettext_lazy as _


class ShortCharField(models.CharField):
    """Always forty characters."""

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", 40)
        kwargs["blank"] = True
        super().__init__(*args, **kwargs)


class MoneyField(models.DecimalField):
    description = _("An amount of money")

    def __init__(self, *args, currency="EUR", **kwargs):
        self.currency = currency
        kwargs["max_digits"] = 12
        kwargs["decimal_places"] = 2
        super().__init__(*args, **kwargs)

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_digits"]
        del kwargs["decimal_places"]
        if self.currency != "EUR":
            kwargs["currency"] = self.currency
        return name, path, args, kwargs


class UpperField(models.CharField):
    def to_python(self, value):
        return value.upper() if isinstance(value, str) else value
