from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0015_positive_column")]
    operations = [
        migrations.AlterField("order", "note", models.TextField(default="")),
    ]
