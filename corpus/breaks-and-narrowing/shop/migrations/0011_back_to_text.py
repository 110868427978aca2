from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0010_other_type")]
    operations = [
        migrations.AlterField("order", "code", models.TextField(null=True)),
    ]
