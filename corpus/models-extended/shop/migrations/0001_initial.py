import django.contrib.postgres.fields
import shop.fields
from django.db import OperationalError, migrations, models
from django.db.migrations.recorder import MigrationRecorder


def is_applied(name):
    try:
        return MigrationRecorder.Migration.objects.filter(app="shop", name=name).exists()
    except OperationalError:
        return False


class Migration(migrations.Migration):
    initial = True

    dependencies = []
    run_before = [] if is_applied("0002_own_state") else [("shop", "0002_own_state")]

    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), default=list, size=None
                    ),
                ),
                (
                    "pairs",
                    django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), null=True, size=2),
                ),
                ("kind", shop.fields.KindField(default="plain", help_text="What it is", max_length=10)),
                ("data", models.JSONField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Parcel",
            fields=[
                ("code", models.CharField(max_length=30, primary_key=True, serialize=False)),
            ],
        ),
    ]
