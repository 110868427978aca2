from django.db import migrations, models


def change(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    Order.objects.using(schema_editor.connection.alias).filter(size=0).update(paid=True)


class Migration(migrations.Migration):
    dependencies = [("shop", "0025_delete_would_keep")]
    operations = [
        migrations.AddField("order", "paid", models.BooleanField(null=True)),
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
