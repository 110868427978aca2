from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0040_delete_model")]
    operations = [
        migrations.CreateModel("Fresh", [("id", models.AutoField(primary_key=True)), ("name", models.CharField(max_length=50, null=True))]),
        migrations.AlterField("fresh", "name", models.CharField(max_length=10, unique=True)),
        migrations.AlterField("fresh", "id", models.BigAutoField(primary_key=True)),
        migrations.RenameField("fresh", "name", "title"),
    ]
