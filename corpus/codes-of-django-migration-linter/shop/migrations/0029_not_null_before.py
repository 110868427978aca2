from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0028_runsql_reversible")]
    operations = [
        migrations.AlterField("order", "note", models.TextField(default="none")),
    ]
