from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_order_number_index")]
    operations = [migrations.AlterField("order", "state", models.CharField(db_index=True, max_length=10))]
