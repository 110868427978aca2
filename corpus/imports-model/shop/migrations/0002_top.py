from django.db import migrations

from shop.models import Product


def rename(apps, schema_editor):
    Product.objects.filter(name="Tee").update(name="Tea")


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
