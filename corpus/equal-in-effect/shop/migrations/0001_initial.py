import re

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("numbers", models.CharField(max_length=20, validators=[django.core.validators.RegexValidator(re.compile("^\\d+(?:,\\d+)*\\Z", 32), code="invalid", message="Enter only digits separated by commas.")])),
                ("code", models.CharField(max_length=20, validators=[django.core.validators.RegexValidator(re.compile("(?i)^[a-z]+$", 34))])),
                ("sign", models.CharField(max_length=20, validators=[django.core.validators.RegexValidator("^[a-z]+$", flags=re.RegexFlag["IGNORECASE"])])),
                ("other", models.CharField(max_length=20, validators=[django.core.validators.RegexValidator(re.compile("^[a-z]+$"))])),
                ("state", models.IntegerField(default=0)),
                ("kind", models.CharField(default="a", max_length=1)),
            ],
            options={
                "indexes": [
                    models.Index(condition=models.Q(("state__in", [60, 61, 62])), fields=["code"], name="order_open"),
                    models.Index(condition=models.Q(("state__in", [8, 3])), fields=["code"], name="order_closed"),
                    models.Index(condition=models.Q(("state__in", [3, 8])), fields=["code"], name="order_turned"),
                    models.Index(condition=models.Q(("kind__in", ["a", "b"]), models.Q(("state__in", (0,)), _negated=True)), fields=["code"], name="order_kinds"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Label",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=20)),
                ("size", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("size__in", [1, 2])), fields=("name",), name="label_name"),
                ],
            },
        ),
    ]
