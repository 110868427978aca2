import datetime
import functools
import uuid
from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .fields import MoneyField, ShortCharField, UpperField


class Size(models.TextChoices):
    SMALL = "S", _("small")
    LARGE = "L", _("large")
    HUGE = "XL"


class Stars(models.IntegerChoices):
    ONE = 1
    TWO = 2

    __empty__ = _("(unrated)")


def upload_to(instance, filename):
    return f"products/{instance.pk}/{filename}"


def make_code(prefix, length=8):
    return prefix + uuid.uuid4().hex[:length]


LANGUAGES = {"en": "English", "de": "Deutsch"}


class Product(models.Model):
    uuid = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=100, help_text=_("As it stands on the label."))
    size = models.CharField(max_length=2, choices=Size.choices, default=Size.SMALL)
    stars = models.IntegerField(choices=Stars.choices, null=True, blank=True)
    language = models.CharField(max_length=2, choices=[(k, v) for k, v in LANGUAGES.items()], default="en")
    grouped = models.CharField(
        max_length=1,
        choices=[("Warm", [("r", "red"), ("y", "yellow")]), ("Cold", [("b", "blue")])],
        default=functools.partial(str, "r"),
    )
    code = models.CharField(max_length=20, default=functools.partial(make_code, "P", length=6), unique=True)
    price = MoneyField(default=Decimal("9.90"))
    price_abroad = MoneyField(currency="USD", null=True)
    short = ShortCharField()
    short_named = ShortCharField("named", max_length=50)
    upper = UpperField(max_length=5, default="ABC")
    weight = models.FloatField(validators=[MinValueValidator(0), MaxValueValidator(1e6, message="too heavy")])
    vat = models.CharField(max_length=12, validators=[RegexValidator(r"^[A-Z]{2}\d+$", _("Not a VAT number."))])
    listed_on = models.DateField(default=datetime.date.today)
    listed_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(auto_now=True)
    lasts = models.DurationField(default=datetime.timedelta(days=1))
    picture = models.ImageField if False else models.FileField(upload_to=upload_to, blank=True)
    sheet = models.FileField(upload_to="sheets/%Y", max_length=200)
    attributes = models.JSONField(default=dict, blank=True)
    address = models.GenericIPAddressField(protocol="IPv4", null=True)
    url = models.URLField(verbose_name=pgettext_lazy("link", "address"))
    slug = models.SlugField(db_index=False)
    small = models.SmallIntegerField(db_column="tiny", default=-1)
    binary = models.BinaryField(editable=True, default=b"\x00a")
    email = models.EmailField(max_length=100, error_messages={"invalid": "no mail"})
    at = models.TimeField(null=True)
    path = models.FilePathField(path="/tmp", match=r".*\.txt$", recursive=True)
    flag = models.BooleanField(null=True)
    tags = models.CharField(max_length=5, db_tablespace="fast", unique_for_date="listed_on")
