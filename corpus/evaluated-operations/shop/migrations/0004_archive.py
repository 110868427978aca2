from typing import TYPE_CHECKING

from django.conf import settings
from django.db import migrations, models

from shop.names import TABLE

from .. import constants

if TYPE_CHECKING:
    from somewhere.typing import NotInstalled

try:
    from not_installed import make_archive
except ImportError:

    def make_archive(table):
        return migrations.CreateModel(
            name="Archive",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("year", models.PositiveIntegerField()),
            ],
            options={"db_table": table},
        )


class Migration(migrations.Migration):
    dependencies = [(constants.PREFIX, "0003_locales")]
    operations = [make_archive(TABLE)] if settings.SHOP_WITH_ARCHIVE else []
