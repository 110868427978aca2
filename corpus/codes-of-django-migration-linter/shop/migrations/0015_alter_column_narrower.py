from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0014_alter_column")]
    operations = [
        migrations.AlterField("order", "number", models.CharField(max_length=10)),
    ]
