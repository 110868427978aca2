from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0012_words_alone")]
    operations = [
        migrations.AlterField("order", "code", models.TextField(default="")),
    ]
