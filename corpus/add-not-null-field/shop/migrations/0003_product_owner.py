import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_product_weight")]
    operations = [
        migrations.AddField(
            model_name="product",
            name="owner",
            field=models.ForeignKey(default=1, on_delete=django.db.models.deletion.CASCADE, to="shop.owner"),
            preserve_default=False,
        ),
    ]
