from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_longer_names")]
    operations = [migrations.AddField("tag", "colour", models.CharField(default="#ffffff", max_length=7))]
