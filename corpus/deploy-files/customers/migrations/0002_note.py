from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial"), ("shop", "0001_initial")]
    operations = [
        migrations.AddField("customer", "note", models.TextField(null=True)),
    ]
