from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0012_not_null_validated")]
    operations = [
        migrations.AlterField("order", "size", models.IntegerField()),
    ]
