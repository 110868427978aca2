from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0007_more_digits")]
    operations = [
        migrations.AlterField("order", "price", models.DecimalField(max_digits=14, decimal_places=4, null=True)),
    ]
