from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0032_unmanaged")]
    operations = [
        migrations.AddField("report", "weight", models.IntegerField(db_index=True)),
    ]
