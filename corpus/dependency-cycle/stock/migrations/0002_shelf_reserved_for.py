import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("shop", "0002_order_picked_from"),
        ("stock", "0001_initial"),
    ]
    operations = [
        migrations.AddField(
            "shelf",
            "reserved_for",
            models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to="shop.order"),
        )
    ]
