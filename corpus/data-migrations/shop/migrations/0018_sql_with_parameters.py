from django.db import migrations


def change(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("UPDATE shop_order SET note = %s WHERE id = 1", ["x"])


class Migration(migrations.Migration):
    dependencies = [("shop", "0017_sql_from_values")]
    operations = [
        migrations.RunPython(change, migrations.RunPython.noop),
    ]
