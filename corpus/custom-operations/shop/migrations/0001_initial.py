from django.db import migrations, models

from shop.operations import CreateTable


class Migration(migrations.Migration):
    initial = True
    operations = [
        CreateTable(
            "Product",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
            ],
        ),
    ]
