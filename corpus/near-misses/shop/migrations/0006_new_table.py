from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0005_no_reserved_word")]
    operations = [
        migrations.CreateModel("Booking", [
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("span", DateRangeField()),
        ]),
        migrations.AddConstraint(
            "booking",
            ExclusionConstraint(name="booking_no_overlap", expressions=[("span", RangeOperators.OVERLAPS)]),
        ),
    ]
