from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0028_key_words")]
    operations = [
        migrations.AlterField("order", "rank", models.IntegerField(default=0)),
    ]
