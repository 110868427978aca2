from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0021_unique_constraint")]
    operations = [
        migrations.AddConstraint("order", models.UniqueConstraint(fields=["code"], condition=models.Q(size=1), name="order_code_one")),
    ]
