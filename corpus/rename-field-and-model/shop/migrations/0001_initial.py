import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            "Customer",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("mail", models.EmailField(max_length=254)),
                ("name", models.CharField(max_length=100)),
            ],
            options={"unique_together": {("mail", "name")}},
        ),
        migrations.AddIndex("customer", models.Index(fields=["mail"], name="client_email")),
        migrations.CreateModel(
            "Order",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("customer", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="shop.customer")),
                ("total", models.IntegerField()),
            ],
            options={"ordering": ["customer"]},
        ),
    ]
