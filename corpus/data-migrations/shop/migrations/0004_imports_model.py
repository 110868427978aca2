from django.db import migrations

from shop.models import Order


def change(apps, schema_editor):
    Order.objects.using(schema_editor.connection.alias).filter(size=None).update(size=0)


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_irreversible")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
