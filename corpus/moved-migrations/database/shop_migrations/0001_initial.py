from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("stock", "__first__")]
    operations = [
        migrations.CreateModel(
            "Order",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("total", models.IntegerField(default=0)),
            ],
        )
    ]
