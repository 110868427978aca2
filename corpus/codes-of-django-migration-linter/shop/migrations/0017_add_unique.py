from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0016_alter_column_by_sql")]
    operations = [
        migrations.AlterField("order", "number", models.CharField(max_length=10, unique=True)),
    ]
