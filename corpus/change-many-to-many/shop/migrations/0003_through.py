from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_plain_to_many")]
    operations = [
        migrations.CreateModel("OrderTag", [
            ("id", models.BigAutoField(primary_key=True)),
            ("order", models.ForeignKey("shop.order", models.CASCADE)),
            ("tag", models.ForeignKey("shop.tag", models.CASCADE)),
        ]),
        migrations.AlterField("order", "tags", models.ManyToManyField("shop.tag", related_name="+", through="shop.OrderTag")),
    ]
