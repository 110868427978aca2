from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("shop", "0002_delete_coupon")]
    operations = [
        migrations.DeleteModel(name="VipCustomer"),
        migrations.DeleteModel(name="ErpRow"),
        migrations.SeparateDatabaseAndState(
            database_operations=[],
            state_operations=[migrations.DeleteModel(name="Basket")],
        ),
    ]
