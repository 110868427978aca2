from django.db import migrations


def change(apps, schema_editor):
    model = apps.get_model("shop", "Order")
    model.objects.using(schema_editor.connection.alias).filter(size=None).update(size=0)


class Migration(migrations.Migration):
    dependencies = [("shop", "0015_variable")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
