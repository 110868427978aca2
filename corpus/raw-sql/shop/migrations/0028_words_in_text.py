from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0027_comment_alone")]
    operations = [
        migrations.RunSQL("UPDATE shop_orders SET code_two = 'DROP TABLE shop_orders' WHERE size = 3", migrations.RunSQL.noop),
    ]
