import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Shelf",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=30)),
            ],
        ),
        migrations.CreateModel(
            name="Voucher",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name="Gone",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ],
        ),
        migrations.CreateModel(
            name="Sale",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shelf", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="Shelf")),
                (
                    "voucher",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        to="shop.voucher",
                    ),
                ),
                ("origin", models.CharField(max_length=11)),
            ],
        ),
        migrations.CreateModel(
            name="Place",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sale", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="shop.sale")),
                ("shelf", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="shop.shelf")),
            ],
        ),
        migrations.AddField(
            model_name="sale",
            name="placed",
            field=models.ManyToManyField(related_name="placed", through="shop.Place", to="shop.shelf"),
        ),
    ]
