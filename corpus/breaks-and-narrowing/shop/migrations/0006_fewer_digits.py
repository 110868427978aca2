from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0005_bigger_integer")]
    operations = [
        migrations.AlterField("order", "price", models.DecimalField(max_digits=6, decimal_places=2, null=True)),
    ]
