import pathlib

import django.db.models.deletion
import library.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Label",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.CharField(max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name="Shelf",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.IntegerField()),
                ("label", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="library.label")),
            ],
        ),
        migrations.CreateModel(
            name="Book",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("title", models.CharField(max_length=200)),
                ("price_currency", models.CharField(default="EUR", max_length=3)),
                ("price", library.fields.PriceField(decimal_places=2, max_digits=6)),
                ("fee_currency", models.CharField(default="EUR", max_length=3)),
                ("fee", library.fields.PriceField(decimal_places=2, max_digits=6)),
                ("language", models.CharField(choices=[("de", "de"), ("en", "en")], max_length=2)),
                ("shelf", models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, to="library.shelf")),
                ("scan", models.FileField(upload_to=pathlib.PurePosixPath("books/scans"))),
            ],
            options={"ordering": ["title"]},
        ),
    ]
