import re

from django.core.validators import RegexValidator, validate_comma_separated_integer_list
from django.db import models
from django.db.models import Q

OPEN = {60, 61, 62}
CLOSED = {3, 8}
KINDS = ("a", "b")


class Order(models.Model):
    numbers = models.CharField(max_length=20, validators=[validate_comma_separated_integer_list])
    code = models.CharField(max_length=20, validators=[RegexValidator(re.compile("(?i)^[a-z]+$"))])
    sign = models.CharField(max_length=20, validators=[RegexValidator("^[a-z]+$", flags=re.RegexFlag.IGNORECASE)])
    other = models.CharField(max_length=20, validators=[RegexValidator(re.compile("^[a-z]+$", re.ASCII))])
    state = models.IntegerField(default=0)
    kind = models.CharField(max_length=1, default="a")

    class Meta:
        indexes = [
            models.Index(fields=["code"], name="order_open", condition=Q(state__in=OPEN)),
            models.Index(fields=["code"], name="order_closed", condition=Q(state__in=CLOSED)),
            models.Index(fields=["code"], name="order_turned", condition=Q(state__in={3, 8})),
            models.Index(fields=["code"], name="order_kinds", condition=Q(kind__in=KINDS) & ~Q(state__in=[0])),
        ]


class Label(models.Model):
    name = models.CharField(max_length=20)
    size = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name"], name="label_name", condition=Q(size__in=(1, 2))),
        ]
