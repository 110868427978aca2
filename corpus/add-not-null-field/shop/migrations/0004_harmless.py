from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_product_owner")]
    operations = [
        migrations.AddField("product", "colour", models.CharField(max_length=7, null=True)),
        migrations.AddField("product", "friends", models.ManyToManyField(to="shop.product")),
        migrations.CreateModel(
            "Shelf",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("code", models.CharField(max_length=10)),
            ],
        ),
        migrations.AddField("shelf", "row", models.IntegerField(default=1)),
    ]
