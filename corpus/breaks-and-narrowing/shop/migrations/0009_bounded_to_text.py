from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0008_text_to_bounded")]
    operations = [
        migrations.AlterField("order", "note", models.TextField(null=True)),
    ]
