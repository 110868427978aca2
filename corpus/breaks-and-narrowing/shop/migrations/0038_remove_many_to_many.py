from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0037_remove_column")]
    operations = [
        migrations.RemoveField("order", "watchers"),
    ]
