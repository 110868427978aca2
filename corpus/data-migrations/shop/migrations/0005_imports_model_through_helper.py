from django.db import migrations

from shop.helpers import count_all


def change(apps, schema_editor):
    count_all()


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_imports_model")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
