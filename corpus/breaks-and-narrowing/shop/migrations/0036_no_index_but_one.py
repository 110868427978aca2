from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0035_no_index")]
    operations = [
        migrations.AddField("orderline", "payer", models.ForeignKey("shop.customer", models.CASCADE, null=True, db_index=False, related_name="+")),
        migrations.AddIndex("orderline", models.Index(fields=["payer", "order"], name="line_payer")),
    ]
