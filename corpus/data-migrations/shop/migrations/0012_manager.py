from django.db import migrations


def change(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    Order.objects.db_manager(schema_editor.connection.alias).open().update(size=1)


class Migration(migrations.Migration):
    dependencies = [("shop", "0011_method")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
