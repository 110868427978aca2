from django.db import migrations


def change(apps, schema_editor):
    Line = apps.get_model("shop", "Order")
    Line.objects.filter(size=None).update(size=0)


class Migration(migrations.Migration):
    dependencies = [("shop", "0026_runpython_model_import")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
