from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Tag", [("id", models.BigAutoField(primary_key=True))]),
        migrations.CreateModel("Order", [
            ("id", models.BigAutoField(primary_key=True)),
            ("tag", models.ForeignKey("shop.tag", models.CASCADE, null=True)),
            ("tags", models.ManyToManyField("shop.tag", related_name="+")),
            ("others", models.ManyToManyField("shop.tag", related_name="+")),
        ]),
    ]
