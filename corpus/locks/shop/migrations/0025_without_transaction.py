from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0024_half_done")]
    operations = [
        migrations.AddField("order", "a", models.IntegerField(null=True)),
        migrations.AddField("order", "b", models.IntegerField(null=True)),
    ]
