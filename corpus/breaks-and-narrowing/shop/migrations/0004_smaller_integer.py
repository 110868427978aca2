from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_longer_text")]
    operations = [
        migrations.AlterField("order", "size", models.SmallIntegerField(null=True)),
    ]
