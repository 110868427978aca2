from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    phone_number = models.CharField(_("phone"), max_length=32, blank=True)
    newsletter = models.BooleanField(default=False)


class Address(models.Model):
    class Kind(models.TextChoices):
        BILLING = "billing", _("billing")
        DELIVERY = "delivery", _("delivery")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    street = models.CharField(max_length=200)
    city = models.CharField(max_length=100)
    postcode = models.CharField(max_length=16, db_index=True)
    country = models.CharField(max_length=2)

    class Meta:
        verbose_name_plural = "addresses"
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="one_address_of_a_kind"),
        ]
