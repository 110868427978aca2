from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0006_new_table")]
    operations = [
        migrations.RunSQL("CREATE TABLE scratch (id integer NOT NULL)", migrations.RunSQL.noop),
        migrations.RunSQL("TRUNCATE TABLE scratch", migrations.RunSQL.noop),
        migrations.RunSQL("DROP TABLE scratch", migrations.RunSQL.noop),
    ]
