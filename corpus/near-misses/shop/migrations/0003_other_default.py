from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_shelf")]
    operations = [
        migrations.AlterField("order", "rank", models.IntegerField(db_default=1)),
    ]
