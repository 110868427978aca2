from django.db import migrations, models

from shop.constants import STATES
from shop.names import LENGTH


def key(cls=models.BigAutoField, **kwargs):
    options = dict(auto_created=True, primary_key=True, serialize=False)
    options.update(verbose_name="ID", **kwargs)
    return ("id", cls(**options))


def char(name, length, *, nullable=False):
    if nullable:
        return (name, models.CharField(max_length=length, null=True))
    return (name, models.CharField(max_length=length))


class Migration(migrations.Migration):
    initial = True

    operations = [
        migrations.CreateModel(
            name="Product",
            fields=[key(), char("name", LENGTH * 2)]
            + [("state", models.CharField(choices=STATES, default=STATES[0][0], max_length=4))],
        ),
    ]
