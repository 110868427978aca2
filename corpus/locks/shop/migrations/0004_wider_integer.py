from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_rename_index")]
    operations = [
        migrations.AlterField("order", "size", models.BigIntegerField(null=True)),
    ]
