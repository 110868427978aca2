from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0030_many_to_many_from_field")]
    operations = [
        migrations.RenameField("order", "c", "c_two"),
    ]
