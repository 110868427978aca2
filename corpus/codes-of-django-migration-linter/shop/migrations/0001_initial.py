from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Order", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ("number", models.CharField(max_length=20)), ("code", models.CharField(max_length=20, null=True)), ("size", models.IntegerField(null=True)), ("note", models.TextField(null=True)), ("a", models.TextField(null=True)), ("b", models.TextField(null=True)), ("c", models.TextField(null=True)), ("d", models.TextField(null=True)), ("e", models.TextField(null=True)), ("f", models.IntegerField(null=True)),]),
        migrations.CreateModel("Line", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ("text", models.TextField()),]),
        migrations.CreateModel("One", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ]),
        migrations.CreateModel("Two", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ]),
        migrations.CreateModel("Three", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ]),
        migrations.CreateModel("Four", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ]),
        migrations.CreateModel("Five", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ]),
        migrations.AddIndex("Order", models.Index(fields=["size"], name="order_size")),
    ]
