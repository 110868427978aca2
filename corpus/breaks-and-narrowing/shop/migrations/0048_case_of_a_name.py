from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0047_unique_with_more")]
    operations = [
        migrations.RenameField("order", "size", "Size"),
    ]
