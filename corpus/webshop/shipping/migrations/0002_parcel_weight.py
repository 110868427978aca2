from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shipping", "0001_initial")]

    operations = [
        migrations.AddField("parcel", "weight", models.PositiveIntegerField(null=True)),
    ]
