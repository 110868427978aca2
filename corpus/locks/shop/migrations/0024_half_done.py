from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0023_schema_and_data")]
    operations = [
        migrations.AddField("order", "shop", models.IntegerField(null=True)),
        migrations.AddConstraint("order", models.UniqueConstraint(fields=["number", "shop"], name="order_number_shop")),
    ]
