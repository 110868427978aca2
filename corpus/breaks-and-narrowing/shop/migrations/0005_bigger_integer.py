from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_smaller_integer")]
    operations = [
        migrations.AlterField("order", "size", models.BigIntegerField(null=True)),
    ]
