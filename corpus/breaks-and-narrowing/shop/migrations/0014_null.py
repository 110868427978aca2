from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0013_not_null")]
    operations = [
        migrations.AlterField("order", "code", models.TextField(null=True)),
    ]
