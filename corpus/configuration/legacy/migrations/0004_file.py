# migcheck: ignore[add-not-null-field] nobody writes here any more
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("legacy", "0003_remove")]
    operations = [
        migrations.AddField("thing", "size", models.IntegerField(default=0)),
    ]
