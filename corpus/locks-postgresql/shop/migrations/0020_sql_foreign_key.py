from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0019_sql_rewrite")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE shop_order ADD CONSTRAINT f FOREIGN KEY (size) REFERENCES auth_user (id)",
            "ALTER TABLE shop_order DROP CONSTRAINT f",
        ),
    ]
