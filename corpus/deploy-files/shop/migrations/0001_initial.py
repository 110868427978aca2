from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Order", [("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")), ("number", models.TextField())]),
        migrations.RunSQL("CREATE VIEW open_orders AS SELECT * FROM shop_order", "DROP VIEW open_orders"),
    ]
