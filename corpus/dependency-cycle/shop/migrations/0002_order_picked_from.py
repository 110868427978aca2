import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("stock", "0002_shelf_reserved_for"),
        ("shop", "0001_initial"),
    ]
    operations = [
        migrations.AddField(
            "order",
            "picked_from",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to="stock.shelf"),
        )
    ]
