from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0004_ignore_another")]
    operations = [
        migrations.DeleteModel("Old"),
        migrations.RenameField("order", "note", "remark"),
    ]
