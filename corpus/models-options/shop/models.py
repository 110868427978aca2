from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower, Upper

from .managers import ActiveQuerySet, FromQuerySet, HistoryManager


class Member(models.Model):
    name = models.CharField(max_length=50)
    email = models.EmailField()
    age = models.IntegerField(default=18)
    active = models.BooleanField(default=True)
    joined = models.DateField()

    objects = ActiveQuerySet.as_manager()
    history = HistoryManager(since=2001)
    current = FromQuerySet()

    class Meta:
        unique_together = ("name", "email")
        indexes = [
            models.Index(fields=["name", "-joined"]),
            models.Index(Lower("email").desc(), "age", name="member_lower_email"),
            models.Index(fields=["age"], name="adult_age", condition=Q(age__gte=18) & ~Q(active=False)),
            models.Index(fields=["email"], include=["name"], name="member_email_incl"),
        ]
        constraints = [
            models.UniqueConstraint(Upper("name"), name="member_upper_name"),
            models.UniqueConstraint(
                fields=["email"], condition=Q(active=True) | Q(age__lt=F("age") + 1), name="one_active_%(class)s"
            ),
            models.UniqueConstraint(
                fields=["name", "joined"], name="%(app_label)s_name_joined", deferrable=models.Deferrable.DEFERRED
            ),
        ]
        base_manager_name = "history"
        default_manager_name = "objects"
        db_table_comment = "People who buy"


class Question(models.Model):
    member = models.ForeignKey(Member, on_delete=models.CASCADE)
    text = models.TextField(db_comment="As it was asked")

    class Meta:
        order_with_respect_to = "member"
        unique_together = [["member", "text"]]
        select_on_save = True
        default_related_name = "asked"
        required_db_vendor = "sqlite"


class Erp(models.Model):
    class Meta:
        managed = False
        db_table = "erp"
