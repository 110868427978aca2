from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0043_no_column")]
    operations = [
        migrations.RemoveField("order", "tags_of_it"),
    ]
