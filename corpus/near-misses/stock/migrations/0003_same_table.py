from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stock", "0002_reserved_for")]
    operations = [
        # The name that the table has already.
        migrations.AlterModelTable("shelf", "stock_shelf"),
    ]
