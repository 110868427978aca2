from django.db import migrations, models

from ..base import ShopMigration
from ..constants import DEFAULTS


def add_number(name, default):
    return migrations.AddField(model_name="product", name=name, field=models.IntegerField(default=default))


class Migration(ShopMigration):
    dependencies = [("shop", "0001_initial")]

    operations = [add_number(name, default) for name, default in sorted(DEFAULTS.items())]
