from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0013_rename_column_by_sql")]
    operations = [
        migrations.AlterField("order", "f", models.TextField(null=True)),
    ]
