from django.db import migrations

from shop.helpers import number_of


def change(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    for row in Order.objects.using(schema_editor.connection.alias).filter(size=None)[:10]:
        number_of(row)


class Migration(migrations.Migration):
    dependencies = [("shop", "0005_imports_model_through_helper")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
