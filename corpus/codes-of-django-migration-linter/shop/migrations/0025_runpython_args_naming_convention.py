from django.db import migrations


def change(editor, registry):
    pass


class Migration(migrations.Migration):
    dependencies = [("shop", "0024_runpython_reversible")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
