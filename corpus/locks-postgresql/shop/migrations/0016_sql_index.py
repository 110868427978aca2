from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0015_exclusion")]
    operations = [
        migrations.RunSQL("CREATE INDEX order_e ON shop_order (number)", "DROP INDEX order_e"),
    ]
