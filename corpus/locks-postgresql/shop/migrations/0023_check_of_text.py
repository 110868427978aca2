from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0022_sql_lock_timeout")]
    operations = [
        migrations.AddConstraint("order", models.CheckConstraint(condition=~models.Q(number=""), name="order_number_set")),
    ]
