from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0013_generated_column")]
    operations = [
        migrations.AddConstraint("order", models.CheckConstraint(condition=models.Q(size__gte=0), name="order_size_ok")),
    ]
