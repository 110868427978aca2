from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0007_not_null_by_sql")]
    operations = [
        migrations.RemoveField("order", "a"),
    ]
