from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0014_not_null_at_once")]
    operations = [
        migrations.AddConstraint(
            "order",
            ExclusionConstraint(name="order_no_overlap", expressions=[("span", RangeOperators.OVERLAPS)]),
        ),
    ]
