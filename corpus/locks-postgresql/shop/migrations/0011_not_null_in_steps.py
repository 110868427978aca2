from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0010_check_and_validate")]
    operations = [
        migrations.RunSQL(
            'ALTER TABLE shop_order ADD CONSTRAINT size_set CHECK (size IS NOT NULL) NOT VALID',
            'ALTER TABLE shop_order DROP CONSTRAINT size_set',
        ),
    ]
