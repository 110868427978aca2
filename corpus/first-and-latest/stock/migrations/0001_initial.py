from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = [("shop", "__first__"), ("notes", "__first__")]
    operations = [
        migrations.CreateModel(
            "Bin",
            [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))],
        )
    ]
