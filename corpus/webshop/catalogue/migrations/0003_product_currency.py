from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_drop_old_price")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="currency",
            field=models.CharField(default="EUR", max_length=3),
        ),
    ]
