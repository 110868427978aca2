from django.db import migrations


def change(apps, schema_editor):
    Ticket = apps.get_model("shop", "Ticket")
    for ticket in Ticket.objects.using(schema_editor.connection.alias).filter(code=""):
        ticket.save()


class Migration(migrations.Migration):
    dependencies = [("shop", "0022_receiver_makes")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
