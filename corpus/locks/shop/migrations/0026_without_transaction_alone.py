from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0025_without_transaction")]
    operations = [
        migrations.AddField("order", "c", models.IntegerField(null=True)),
    ]
