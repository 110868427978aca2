import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("stock", "__latest__"), ("contenttypes", "__first__")]
    operations = [
        migrations.CreateModel(
            "Report",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("bin", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to="stock.bin")),
            ],
        )
    ]
