from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Order", [
            ("id", models.BigAutoField(primary_key=True)),
            ("number", models.CharField(max_length=20)),
            ("code", models.CharField(max_length=20, null=True)),
            ("size", models.IntegerField(null=True)),
            ("note", models.TextField(null=True)),
            ("gone", models.TextField(null=True)),
        ]),
        migrations.CreateModel("Line", [("id", models.BigAutoField(primary_key=True)), ("text", models.TextField())]),
        migrations.CreateModel("Old", [("id", models.BigAutoField(primary_key=True))]),
    ]
