from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0031_rename_column")]
    operations = [
        migrations.AlterField("order", "c_two", models.IntegerField(null=True, db_column="c_two")),
        migrations.RenameField("order", "c_two", "c_three"),
    ]
