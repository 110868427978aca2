from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0015_add_not_null_with_default")]
    operations = [
        migrations.RunSQL("TRUNCATE shop_orders CASCADE", migrations.RunSQL.noop),
    ]
