from django.db import migrations

from shop.cleaning import clean_names


def clean(apps, schema_editor):
    clean_names()


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_inside")]
    operations = [migrations.RunPython(clean, migrations.RunPython.noop)]
