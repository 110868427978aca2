from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_name_that_fits")]
    operations = [
        migrations.AddField("order", "selected", models.BooleanField(null=True)),
    ]
