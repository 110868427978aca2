from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0014_check")]
    operations = [
        migrations.AddField("order", "weight", models.PositiveIntegerField(null=True)),
    ]
