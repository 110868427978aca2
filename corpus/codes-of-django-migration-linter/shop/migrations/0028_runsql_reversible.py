from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0027_runpython_model_variable_name")]
    operations = [
        migrations.RunSQL("UPDATE shop_order SET size = 1 WHERE size = 2"),
    ]
