from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0017_add_unique")]
    operations = [
        migrations.AlterUniqueTogether("order", {("code", "size")}),
    ]
