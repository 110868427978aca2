from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0023_enum_value_used")]
    operations = [
        migrations.RunSQL("ALTER TYPE order_state ADD VALUE 'paid'", migrations.RunSQL.noop),
    ]
