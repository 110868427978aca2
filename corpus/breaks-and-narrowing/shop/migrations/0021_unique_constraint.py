from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0020_wider_unique")]
    operations = [
        migrations.AddConstraint("order", models.UniqueConstraint(fields=["code", "size"], name="order_code_size")),
    ]
