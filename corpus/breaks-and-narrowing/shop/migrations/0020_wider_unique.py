from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0019_unique_again")]
    operations = [
        migrations.AlterUniqueTogether("order", {("number", "size")}),
    ]
