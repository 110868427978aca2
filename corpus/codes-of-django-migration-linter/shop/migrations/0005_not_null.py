from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_rename_table_by_sql")]
    operations = [
        migrations.AddField("order", "x", models.IntegerField(default=0)),
    ]
