from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0009_validate")]
    operations = [
        AddConstraintNotValid("order", models.CheckConstraint(condition=models.Q(weight__gte=0), name="order_weight_ok")),
        ValidateConstraint("order", "order_weight_ok"),
    ]
