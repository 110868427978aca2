from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0008_more_places")]
    operations = [
        migrations.AlterField("order", "code", models.TextField(null=True)),
    ]
