from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Customer", [
            ("id", models.AutoField(primary_key=True)),
            ("name", models.CharField(max_length=50)),
            ("email", models.EmailField(null=True)),
        ]),
        migrations.CreateModel("Order", [
            ("id", models.BigAutoField(primary_key=True)),
            ("number", models.CharField(max_length=20)),
            ("code", models.CharField(max_length=20, null=True)),
            ("size", models.IntegerField(null=True)),
            ("price", models.DecimalField(max_digits=8, decimal_places=2, null=True)),
            ("note", models.TextField(null=True)),
            ("rank", models.IntegerField(db_default=0)),
            ("customer", models.ForeignKey("shop.customer", models.CASCADE)),
            ("watchers", models.ManyToManyField("shop.customer", related_name="+")),
        ]),
        migrations.CreateModel("Line", [
            ("id", models.BigAutoField(primary_key=True)),
            ("order", models.ForeignKey("shop.order", models.CASCADE)),
        ]),
    ]
