from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0006_over_255_bytes")]
    operations = [
        migrations.AlterField("order", "price", models.DecimalField(max_digits=12, decimal_places=2, null=True)),
    ]
