from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0027_key_type")]
    operations = [
        migrations.AlterField("customer", "id", models.BigAutoField(primary_key=True, verbose_name="ID")),
    ]
