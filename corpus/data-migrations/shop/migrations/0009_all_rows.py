from django.db import migrations


def change(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    Order.objects.using(schema_editor.connection.alias).update(size=0)


class Migration(migrations.Migration):
    dependencies = [("shop", "0008_each_row")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
