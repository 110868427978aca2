from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models


class Order(models.Model):
    number = models.CharField(max_length=20)
    rank = models.IntegerField(db_default=1)
    selected = models.BooleanField(null=True)
    shelf = models.ForeignKey("stock.Shelf", models.CASCADE, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rank__gte=0), name="rank_is_never_below_nothing_at_all_in_any_orders_there_ever_was"
            ),
        ]


class Booking(models.Model):
    span = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(name="booking_no_overlap", expressions=[("span", RangeOperators.OVERLAPS)]),
        ]
