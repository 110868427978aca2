from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0018_foreign_key")]
    operations = [
        migrations.AddField("order", "payer", models.ForeignKey("shop.customer", models.CASCADE, null=True, db_index=False, related_name="+")),
    ]
