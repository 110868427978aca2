from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0022_fill_then_lock")]
    operations = [
        migrations.AddField("order", "paid", models.BooleanField(null=True)),
        migrations.RunSQL("UPDATE shop_order SET paid = '0' WHERE size = 0", migrations.RunSQL.noop),
    ]
