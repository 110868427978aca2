from django.db import migrations


def change(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    for order in Order.objects.using(schema_editor.connection.alias).all():
        order.size = 0
        order.save()


class Migration(migrations.Migration):
    dependencies = [("shop", "0007_other_database")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
