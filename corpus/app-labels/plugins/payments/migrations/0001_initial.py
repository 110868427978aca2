import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("checkout", "0001_initial")]
    operations = [
        migrations.CreateModel(
            "Payment",
            [
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cart", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to="checkout.cart")),
            ],
        )
    ]
