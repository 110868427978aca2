from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0022_transaction_of_ones_own")]
    operations = [
        migrations.RunSQL("ALTER TYPE order_state ADD VALUE 'sent'", migrations.RunSQL.noop),
        migrations.RunSQL("UPDATE shop_orders SET code_two = 'sent' WHERE size = 1", migrations.RunSQL.noop),
    ]
