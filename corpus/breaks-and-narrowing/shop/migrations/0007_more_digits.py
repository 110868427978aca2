from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0006_fewer_digits")]
    operations = [
        migrations.AlterField("order", "price", models.DecimalField(max_digits=9, decimal_places=2, null=True)),
    ]
