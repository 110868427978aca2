from django.db import migrations


def rename(apps, schema_editor):
    from ..models import Product as P

    P.objects.filter(name="Koffee").update(name="Coffee")


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_top")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
