from django.db import migrations


def trim(apps, schema_editor):
    Product = apps.get_model("shop", "Product")
    for product in Product.objects.using(schema_editor.connection.alias).iterator():
        Product.objects.filter(pk=product.pk).update(name=product.name.strip())


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [migrations.RunPython(trim)]
