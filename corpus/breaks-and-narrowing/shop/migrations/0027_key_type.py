from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0026_unique_null")]
    operations = [
        migrations.AlterField("customer", "id", models.BigAutoField(primary_key=True)),
    ]
