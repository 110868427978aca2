from django.conf import settings
from django.db import migrations, models

from plugins.registry import kinds, prefix, registry


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Item",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.CharField(choices=kinds(), max_length=20)),
                ("place", models.CharField(default=prefix("shop"), max_length=20)),
                ("rank", models.IntegerField(default=len(registry.entries))),
            ],
        ),
    ]
