from django.db import migrations, models
from django.utils.text import slugify


def fill(apps, schema_editor):
    Product = apps.get_model("shop", "Product")
    for product in Product.objects.using(schema_editor.connection.alias).iterator():
        product.slug = slugify(product.name)
        product.save(update_fields=["slug"])


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("shop", "0001_initial"),
        ("shop", "0002_product_slug"),
        ("shop", "0003_fill_slugs"),
    ]
    operations = [
        migrations.CreateModel(
            "Product",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("slug", models.SlugField(null=True)),
            ],
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
