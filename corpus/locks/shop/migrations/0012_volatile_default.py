from django.db import migrations, models
from django.db.models.functions import Random


class Migration(migrations.Migration):
    dependencies = [("shop", "0011_constant_default")]
    operations = [
        migrations.AddField("order", "seen", models.FloatField(db_default=Random())),
    ]
