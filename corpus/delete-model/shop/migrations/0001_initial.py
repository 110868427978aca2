from django.db import migrations, models


def key():
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Customer", [key(), ("name", models.CharField(max_length=100))]),
        migrations.CreateModel("Coupon", [key(), ("code", models.CharField(max_length=20))]),
        migrations.CreateModel("Basket", [key()]),
        migrations.CreateModel("VipCustomer", [], options={"proxy": True}, bases=("shop.customer",)),
        migrations.CreateModel("ErpRow", [key()], options={"managed": False}),
    ]
