from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0009_bounded_to_text")]
    operations = [
        migrations.AlterField("order", "code", models.IntegerField(null=True)),
    ]
