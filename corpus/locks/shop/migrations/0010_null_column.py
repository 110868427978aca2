from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0009_unbounded")]
    operations = [
        migrations.AddField("order", "comment", models.TextField(null=True)),
    ]
