from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0019_add_unique_by_sql")]
    operations = [
        migrations.AddIndex("order", models.Index(fields=["code"], name="order_code")),
    ]
