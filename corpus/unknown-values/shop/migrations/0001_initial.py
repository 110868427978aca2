import datetime
import pathlib

from django.db import migrations, models

PREFIX = (pathlib.Path(__file__).parent.parent / "prefix.txt").read_text().strip()


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            "Order",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("total", models.IntegerField(default=lambda: 0)),
                ("year", models.IntegerField(default=datetime.date.today().year // 10000)),
                ("ticket", models.CharField(default=PREFIX, max_length=20)),
            ],
        )
    ]
