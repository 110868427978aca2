from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        migrations.AlterField("order", "total", models.IntegerField(default=0)),
        migrations.AlterField("order", "year", models.IntegerField(null=True)),
        migrations.AlterField("order", "ticket", models.CharField(max_length=20, null=True)),
    ]
