from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]

    operations = [
<<<<<<< HEAD
        migrations.AlterField("tag", "name", models.SlugField(max_length=60)),
=======
        migrations.AlterField("tag", "name", models.SlugField(max_length=80)),
>>>>>>> longer-tags
    ]
