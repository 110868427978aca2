from django.contrib.postgres.fields import DateRangeField
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Order", [
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("number", models.CharField(max_length=20)),
            ("size", models.IntegerField(null=True)),
            ("weight", models.IntegerField(null=True)),
            ("span", DateRangeField(null=True)),
        ]),
        migrations.AddIndex("Order", models.Index(fields=["size"], name="order_size")),
        migrations.AddIndex("Order", models.Index(fields=["weight"], name="order_weight")),
    ]
