from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        # migcheck: ignore[remove-field] no code has asked for it since release 41
        migrations.RemoveField("order", "note"),
    ]
