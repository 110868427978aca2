from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0039_remove_from_state")]
    operations = [
        migrations.DeleteModel("OrderLine"),
    ]
