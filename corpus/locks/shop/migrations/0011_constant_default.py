from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0010_null_column")]
    operations = [
        migrations.AddField("order", "rank", models.IntegerField(db_default=0)),
    ]
