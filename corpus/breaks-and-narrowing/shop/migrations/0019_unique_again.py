from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0018_unique_field")]
    operations = [
        migrations.AddConstraint("order", models.UniqueConstraint(fields=["number"], name="order_number")),
    ]
