from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0029_irreversible")]
    operations = [
        migrations.RunSQL("UPDATE shop_orders SET size = 4 WHERE size = 5", "UPDATE shop_orders SET size = 5 WHERE size = 4"),
    ]
