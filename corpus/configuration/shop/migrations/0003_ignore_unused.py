from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_ignored")]
    operations = [
        # migcheck: ignore[delete-model] nothing is deleted here
        migrations.AddField("order", "note", models.TextField(null=True)),
    ]
