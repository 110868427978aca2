from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0021_sql_foreign_key_not_valid")]
    operations = [
        migrations.RunSQL("SET LOCAL lock_timeout = '2s'", migrations.RunSQL.noop),
        migrations.AddField("order", "other", models.TextField(null=True)),
    ]
