from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0018_sql_with_parameters")]
    operations = [
        migrations.CreateModel("Ticket", [
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("title", models.CharField(max_length=50)),
            ("code", models.CharField(max_length=20, default="")),
            ("gone", models.BooleanField(default=False)),
        ]),
        migrations.CreateModel("Entry", [
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("ticket", models.ForeignKey("shop.ticket", models.CASCADE)),
        ]),
    ]
