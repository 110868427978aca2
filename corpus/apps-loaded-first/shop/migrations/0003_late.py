"""What a function imports is loaded as well."""

from django.db import migrations, models


def choices():
    from plugins.registry import kinds

    return kinds()


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_item_size")]

    operations = [
        migrations.AlterField(
            model_name="item",
            name="kind",
            field=models.CharField(choices=choices(), max_length=20),
        ),
    ]
