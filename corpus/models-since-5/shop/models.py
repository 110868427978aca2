from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Concat, Lower, Now, Pi


class Kind(models.TextChoices):
    BOOK = "book"
    GAME = "game"


def sizes():
    return [("s", "small"), ("l", "large")]


class Product(models.Model):
    kind = models.CharField(max_length=4, choices=Kind)
    size = models.CharField(max_length=1, choices=sizes)
    colour = models.CharField(max_length=1, choices={"r": "red", "b": "blue"}, db_default="r")
    shape = models.CharField(max_length=1, choices={"Round": {"c": "circle", "o": "oval"}, "q": "square"})
    price = models.DecimalField(max_digits=8, decimal_places=2)
    amount = models.IntegerField(db_default=1)
    listed_at = models.DateTimeField(db_default=Now())
    ratio = models.FloatField(db_default=Pi())
    name = models.CharField(max_length=100)
    total = models.GeneratedField(
        expression=F("price") * F("amount"),
        output_field=models.DecimalField(max_digits=12, decimal_places=2),
        db_persist=True,
    )
    key = models.GeneratedField(
        expression=Lower(Concat("kind", Value("-"), "name")), output_field=models.CharField(max_length=110), db_persist=False
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="amount_positive"),
            models.UniqueConstraint(fields=["kind", "name"], name="kind_name", nulls_distinct=False),
        ]
