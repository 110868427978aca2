from django.db import migrations

from shop.models import Order


def change(apps, schema_editor):
    Order.objects.filter(number="").update(number="-")


class Migration(migrations.Migration):
    dependencies = [("shop", "0025_runpython_args_naming_convention")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
