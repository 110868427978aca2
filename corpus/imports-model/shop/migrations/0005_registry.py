from django.db import migrations, models

import shop.models


def fill(apps, schema_editor):
    Product = apps.get_model("shop", "Product")
    Product.objects.filter(code="").update(code="A-0")


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_through_helper")]
    operations = [
        migrations.AddField("product", "code", models.CharField(default=shop.models.default_code, max_length=10)),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
