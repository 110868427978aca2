from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0030_database_alone")]
    operations = [
        migrations.AlterField("order", "state", models.CharField(max_length=10, null=True)),
    ]
