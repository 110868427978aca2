from django.db import migrations


def change(schema_editor, apps):
    pass


class Migration(migrations.Migration):
    dependencies = [("shop", "0012_manager")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
