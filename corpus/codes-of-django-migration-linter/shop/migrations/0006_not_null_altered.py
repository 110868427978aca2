from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0005_not_null")]
    operations = [
        migrations.AlterField("order", "note", models.TextField(default="")),
    ]
