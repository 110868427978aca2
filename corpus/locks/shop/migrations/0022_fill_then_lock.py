from django.db import migrations, models


def fill(apps, schema_editor):
    orders = apps.get_model("shop", "Order").objects.using(schema_editor.connection.alias)
    orders.filter(total=None, size__gt=0).update(total=1)


class Migration(migrations.Migration):
    dependencies = [("shop", "0021_lock_then_fill")]
    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddField("order", "tax", models.IntegerField(null=True)),
    ]
