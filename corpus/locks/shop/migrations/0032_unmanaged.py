from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0031_default_goes")]
    operations = [
        migrations.CreateModel("Report", [("id", models.BigAutoField(primary_key=True)), ("size", models.IntegerField())], options={"managed": False}),
    ]
