from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0045_text_to_json")]
    operations = [
        migrations.AlterField("order", "size", models.PositiveBigIntegerField(null=True)),
    ]
