from django.db import migrations, models

from ._operations import key


class Migration(migrations.Migration):
    initial = True
    operations = [migrations.CreateModel("Order", [key(), ("total", models.IntegerField(default=0))])]
