from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0015_add_not_null")]
    operations = [
        migrations.AddField("order", "b", models.IntegerField(default=0, db_default=0)),
    ]
