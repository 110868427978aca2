from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0025_unique_callable")]
    operations = [
        migrations.AddField("order", "token_two", models.UUIDField(null=True, unique=True)),
    ]
