from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            "Tag",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=30)),
            ],
        ),
        migrations.CreateModel(
            "Product",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=100)),
                ("weight", models.IntegerField()),
                ("colour", models.CharField(max_length=10)),
                ("tags", models.ManyToManyField(to="shop.tag")),
            ],
            options={"unique_together": {("name", "weight")}},
        ),
        migrations.CreateModel(
            "Coupon",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=10)),
            ],
        ),
        migrations.AddIndex("product", models.Index(fields=["colour"], name="product_colour")),
    ]
