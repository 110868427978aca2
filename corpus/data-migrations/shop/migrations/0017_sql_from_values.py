from django.db import migrations


def change(apps, schema_editor):
    Order = apps.get_model("shop", "Order")
    with schema_editor.connection.cursor() as cursor:
        for order in Order.objects.using(schema_editor.connection.alias).filter(size=None):
            cursor.execute(f"UPDATE shop_order SET note = '{order.number}' WHERE id = 1")


class Migration(migrations.Migration):
    dependencies = [("shop", "0016_variable_of_no_model")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
