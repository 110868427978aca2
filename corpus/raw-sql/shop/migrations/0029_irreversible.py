from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0028_words_in_text")]
    operations = [
        migrations.RunSQL("UPDATE shop_orders SET size = 4 WHERE size = 5"),
    ]
