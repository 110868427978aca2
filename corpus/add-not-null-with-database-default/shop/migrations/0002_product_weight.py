import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AddField("product", "weight", models.IntegerField(db_default=0)),
        migrations.AddField(
            "product", "listed_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())
        ),
    ]
