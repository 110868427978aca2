from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="item",
            name="size",
            field=models.CharField(max_length=settings.PLUGIN_LENGTH, default=""),
            preserve_default=False,
        ),
    ]
