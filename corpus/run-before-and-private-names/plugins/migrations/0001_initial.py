from django.db import migrations, models

from shop.migrations._operations import key


class Migration(migrations.Migration):
    initial = True
    run_before = [("shop", "0001_initial")]
    operations = [migrations.CreateModel("Plugin", [key(), ("name", models.CharField(max_length=20))])]
