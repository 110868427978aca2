from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0016_add_not_null_with_default")]
    operations = [
        migrations.AddField("order", "c", models.IntegerField(null=True)),
    ]
