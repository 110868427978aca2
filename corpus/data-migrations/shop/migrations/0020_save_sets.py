from django.db import migrations


def change(apps, schema_editor):
    Ticket = apps.get_model("shop", "Ticket")
    Entry = apps.get_model("shop", "Entry")
    ticket = Ticket(title="Welcome")
    ticket.save(using=schema_editor.connection.alias)
    Entry.objects.using(schema_editor.connection.alias).create(ticket=ticket)


class Migration(migrations.Migration):
    dependencies = [("shop", "0019_tickets")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
