from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0034_rename_model")]
    operations = [
        migrations.AddField("orderline", "customer", models.ForeignKey("shop.customer", models.CASCADE, null=True, db_index=False)),
    ]
