from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0016_set_not_null")]
    operations = [
        migrations.AlterField("order", "note", models.TextField(null=True)),
    ]
