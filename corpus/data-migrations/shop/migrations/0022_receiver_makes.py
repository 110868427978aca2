from django.db import migrations


def change(apps, schema_editor):
    Ticket = apps.get_model("shop", "Ticket")
    Ticket.objects.using(schema_editor.connection.alias).create(title="Bye", code="bye")


class Migration(migrations.Migration):
    dependencies = [("shop", "0021_save_sets_what_is_given")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
