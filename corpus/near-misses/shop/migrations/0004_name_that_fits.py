from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_other_default")]
    operations = [
        migrations.AddConstraint(
            "order",
            # 63 bytes.
            models.CheckConstraint(
                condition=models.Q(rank__gte=0), name="rank_is_never_below_nothing_at_all_in_any_orders_there_ever_was"
            ),
        ),
    ]
