from django.db import migrations


def change(apps, schema_editor):
    Ticket = apps.get_model("shop", "Ticket")
    Entry = apps.get_model("shop", "Entry")
    rows = Ticket.objects.using(schema_editor.connection.alias)
    ticket = rows.create(title="Welcome", code="welcome")
    Entry.objects.using(schema_editor.connection.alias).create(ticket=ticket)


class Migration(migrations.Migration):
    dependencies = [("shop", "0020_save_sets")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
