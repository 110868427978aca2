from django.db import migrations, models

try:
    from stock.legacy_fields import LegacyField
except ImportError:
    LegacyField = models.IntegerField


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel(
            "Bin",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("row", LegacyField(default=0)),
            ],
        )
    ]
