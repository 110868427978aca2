from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0030_reversible")]
    operations = [
        migrations.RunSQL("SELECT 1", elidable=True),
    ]
