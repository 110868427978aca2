from django.db import migrations


def change(apps, schema_editor):
    Line = apps.get_model("shop", "Order")
    Line.objects.using(schema_editor.connection.alias).filter(size=None).update(size=0)


class Migration(migrations.Migration):
    dependencies = [("shop", "0014_arguments_not_used")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
