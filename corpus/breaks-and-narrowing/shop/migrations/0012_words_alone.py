from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0011_back_to_text")]
    operations = [
        migrations.AlterField("order", "code", models.TextField(null=True, blank=True, verbose_name="Code", help_text="Ours")),
    ]
