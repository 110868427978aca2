from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0023_check")]
    operations = [
        migrations.AddField("order", "d", models.IntegerField(null=True)),
        migrations.AddConstraint("order", models.CheckConstraint(condition=models.Q(d__gte=0), name="order_d_ok")),
    ]
