from django.db import migrations, models
from django.utils.text import slugify


def fill(apps, schema_editor):
    Product = apps.get_model("shop", "Product")
    for product in Product.objects.using(schema_editor.connection.alias).iterator():
        product.slug = slugify(product.name)
        product.save(update_fields=["slug"])


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("product", "slug", models.SlugField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
