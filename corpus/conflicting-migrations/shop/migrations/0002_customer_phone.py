from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [
        migrations.AddField("customer", "phone", models.CharField(blank=True, max_length=32, default=""), preserve_default=False),
    ]
