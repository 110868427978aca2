from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0024_enum_value")]
    operations = [
        migrations.RunSQL("DO $$ BEGIN EXECUTE 'DROP TABLE x'; END $$", migrations.RunSQL.noop),
    ]
