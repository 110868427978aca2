from django.apps import apps as today
from django.db import migrations

Product = today.get_model("shop", "Product")


def rename(apps, schema_editor):
    Product.objects.filter(name="Tee").update(name="Tea")


class Migration(migrations.Migration):
    dependencies = [("shop", "0005_registry")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
