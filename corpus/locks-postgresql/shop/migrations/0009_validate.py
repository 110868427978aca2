from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0008_check_not_valid")]
    operations = [
        ValidateConstraint("order", "order_size_ok"),
    ]
