import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0024_check_of_new_column")]
    operations = [
        migrations.AddField("order", "token", models.UUIDField(default=uuid.uuid4, unique=True)),
    ]
