from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0007_drop")]
    operations = [
        AddConstraintNotValid("order", models.CheckConstraint(condition=models.Q(size__gte=0), name="order_size_ok")),
    ]
