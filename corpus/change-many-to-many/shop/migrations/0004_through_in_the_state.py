from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_through")]
    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.CreateModel("OrderOther", [
                    ("id", models.BigAutoField(primary_key=True)),
                    ("order", models.ForeignKey("shop.order", models.CASCADE)),
                    ("tag", models.ForeignKey("shop.tag", models.CASCADE)),
                ], options={"db_table": "shop_order_others"}),
                migrations.AlterField(
                    "order", "others", models.ManyToManyField("shop.tag", related_name="+", through="shop.OrderOther")
                ),
            ],
        ),
    ]
