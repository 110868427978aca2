from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0014_null")]
    operations = [
        migrations.AddField("order", "a", models.IntegerField(default=0)),
    ]
