from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_wider_integer")]
    operations = [
        migrations.AlterField("order", "number", models.CharField(max_length=40)),
    ]
