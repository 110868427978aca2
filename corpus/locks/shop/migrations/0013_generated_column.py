from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0012_volatile_default")]
    operations = [
        migrations.AddField(
            "order", "double",
            models.GeneratedField(expression=models.F("size") * 2, output_field=models.BigIntegerField(), db_persist=True),
        ),
    ]
