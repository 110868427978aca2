from django.apps import apps as today
from django.db import migrations

Product = today.get_model("shop", "Product")


def rename(apps, schema_editor):
    schema_editor.execute("ANALYZE %s" % schema_editor.quote_name(Product._meta.db_table))


class Migration(migrations.Migration):
    dependencies = [("shop", "0006_top_of_module")]
    operations = [migrations.RunPython(rename, migrations.RunPython.noop)]
