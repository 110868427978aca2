from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_shorter_text")]
    operations = [
        migrations.AlterField("order", "number", models.CharField(max_length=30)),
    ]
