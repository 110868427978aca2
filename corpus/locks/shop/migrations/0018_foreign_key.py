from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0017_drop_not_null")]
    operations = [
        migrations.AddField("order", "customer", models.ForeignKey("shop.customer", models.CASCADE, null=True)),
    ]
