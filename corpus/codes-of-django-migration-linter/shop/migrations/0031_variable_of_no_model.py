from django.db import migrations


def change(apps, schema_editor):
    model = apps.get_model("shop", "Order")
    model.objects.filter(size=None).update(size=0)


class Migration(migrations.Migration):
    dependencies = [("shop", "0030_longer")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
