from django.db import migrations


def change(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    Order.objects.using(schema_editor.connection.alias).filter(size=None).update(size=0)


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
