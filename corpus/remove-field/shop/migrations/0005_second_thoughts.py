from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_state_only")]
    operations = [
        migrations.AddField("product", "rating", models.FloatField(null=True)),
        migrations.RemoveField("product", "rating"),
    ]
