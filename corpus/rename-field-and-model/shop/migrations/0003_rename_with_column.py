from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_rename_field")]
    operations = [
        migrations.AlterField("customer", "name", models.CharField(db_column="name", max_length=100)),
        migrations.RenameField("customer", "name", "full_name"),
    ]
