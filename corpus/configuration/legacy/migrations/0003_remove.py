from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("legacy", "0002_rename")]
    operations = [
        migrations.RemoveField("thing", "remark"),
    ]
