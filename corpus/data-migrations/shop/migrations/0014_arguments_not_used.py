from django.db import migrations


def change(_apps, _schema_editor):
    pass


class Migration(migrations.Migration):
    dependencies = [("shop", "0013_arguments")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
