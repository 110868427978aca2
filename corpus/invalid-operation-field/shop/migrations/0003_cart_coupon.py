from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_delete_cart")]
    operations = [migrations.AddField("cart", "coupon", models.CharField(max_length=20, null=True))]
