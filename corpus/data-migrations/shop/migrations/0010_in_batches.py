from django.db import migrations


def change(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    rows = Order.objects.using(schema_editor.connection.alias).filter(size=None)
    keys = list(rows.values_list("pk", flat=True)[:1000])
    while keys:
        rows.filter(pk__in=keys).update(size=0)
        keys = list(rows.values_list("pk", flat=True)[:1000])


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0009_all_rows")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
