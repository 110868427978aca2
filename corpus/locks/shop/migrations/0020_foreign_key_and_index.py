from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0019_foreign_key_alone")]
    operations = [
        migrations.AddField("order", "agent", models.ForeignKey("shop.customer", models.CASCADE, null=True, db_index=False, related_name="+")),
        migrations.AddIndex("order", models.Index(fields=["agent", "created"], name="order_agent")),
    ]
