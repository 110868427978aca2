from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0036_no_index_but_one")]
    operations = [
        migrations.RemoveField("order", "b"),
    ]
