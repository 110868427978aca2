from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0013_not_null_set")]
    operations = [
        migrations.AlterField("order", "weight", models.IntegerField()),
    ]
