from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0046_positive_number")]
    operations = [
        migrations.AddConstraint("order", models.UniqueConstraint(fields=["code"], include=["size"], name="order_code_more")),
    ]
