from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Customer", [
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("name", models.CharField(max_length=50)),
        ]),
        migrations.CreateModel("Order", [
            ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
            ("number", models.CharField(max_length=20)),
            ("code", models.CharField(max_length=20, null=True)),
            ("size", models.IntegerField(null=True)),
            ("price", models.DecimalField(max_digits=8, decimal_places=2, null=True)),
            ("note", models.TextField(null=True)),
            ("state", models.CharField(max_length=10, null=True, db_default="new")),
            ("created", models.DateTimeField(null=True)),
        ]),
        migrations.AddIndex("Order", models.Index(fields=["created"], name="order_created")),
        migrations.AddIndex("Order", models.Index(fields=["state"], name="order_state")),
    ]
