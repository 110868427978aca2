from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0044_remove_no_column")]
    operations = [
        migrations.AlterField("order", "tags", models.JSONField(null=True)),
    ]
