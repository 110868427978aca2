from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0023_check_of_text")]
    operations = [
        migrations.AlterField("order", "number", models.CharField(max_length=40)),
    ]
