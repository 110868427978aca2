from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0020_sql_foreign_key")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE shop_order ADD CONSTRAINT g FOREIGN KEY (size) REFERENCES auth_user (id) NOT VALID",
            "ALTER TABLE shop_order DROP CONSTRAINT g",
        ),
    ]
