from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0011_not_null_in_steps")]
    operations = [
        migrations.RunSQL('ALTER TABLE shop_order VALIDATE CONSTRAINT size_set', migrations.RunSQL.noop),
    ]
