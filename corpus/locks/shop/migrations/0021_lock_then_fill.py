from django.db import migrations, models


def fill(apps, schema_editor):
    orders = apps.get_model("shop", "Order").objects.using(schema_editor.connection.alias)
    orders.filter(total=None, size__gt=0).update(total=0)


class Migration(migrations.Migration):
    dependencies = [("shop", "0020_foreign_key_and_index")]
    operations = [
        migrations.AddField("order", "total", models.IntegerField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
