from django.db import migrations

from shop.legacy_fields import LegacyField


class Migration(migrations.Migration):
    initial = True
    operations = [migrations.CreateModel("Order", [("total", LegacyField(default=0))])]
