from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_drop_columns")]
    operations = [migrations.RemoveField("product", "tags")]
