from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0029_not_null_before")]
    operations = [
        migrations.AlterField("order", "number", models.CharField(max_length=30, unique=True)),
    ]
