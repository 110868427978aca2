from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0019_delete_all")]
    operations = [
        migrations.RunSQL("CREATE TABLE scratch (id integer NOT NULL)", migrations.RunSQL.noop),
        migrations.RunSQL("UPDATE scratch SET id = 1", migrations.RunSQL.noop),
        migrations.RunSQL("DROP TABLE scratch", migrations.RunSQL.noop),
    ]
