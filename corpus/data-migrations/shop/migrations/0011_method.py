from django.db import migrations


def change(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    for order in Order.objects.using(schema_editor.connection.alias).filter(size=None):
        order.settle()


class Migration(migrations.Migration):
    dependencies = [("shop", "0010_in_batches")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
