from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0007_more_digits")]
    operations = [
        migrations.AlterField("order", "note", models.CharField(max_length=100, null=True)),
    ]
