from django.db import migrations, models


class Migration(migrations.Migration):
    replaces = [("stock", "0001_initial"), ("stock", "0002_bin_row")]
    initial = True
    operations = [
        migrations.CreateModel(
            "Bin",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", models.IntegerField(default=0)),
            ],
        )
    ]
