from django.db import migrations


def change(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    Order.objects.filter(size=None).update(size=0)


class Migration(migrations.Migration):
    dependencies = [("shop", "0023_reindex")]
    operations = [
        migrations.RunPython(change),
    ]
