from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0009_drop_column_by_sql")]
    operations = [
        migrations.DeleteModel("Four"),
    ]
