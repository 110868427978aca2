from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.RenameField(model_name="user", old_name="phone", new_name="phone_number"),
    ]
