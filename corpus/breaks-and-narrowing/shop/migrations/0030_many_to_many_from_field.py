from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0029_default_goes")]
    operations = [
        migrations.AddField("order", "tags", models.TextField(null=True)),
    ]
