from django.db import models
from django.db.models.functions import Random


class Customer(models.Model):
    name = models.CharField(max_length=50)


class Order(models.Model):
    number = models.CharField(max_length=200)
    code = models.TextField(null=True)
    size = models.BigIntegerField(null=True)
    price = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    note = models.TextField(null=True)
    state = models.CharField(max_length=10, null=True)
    created = models.DateTimeField(null=True)
    comment = models.TextField(null=True)
    rank = models.IntegerField(db_default=0)
    seen = models.FloatField(db_default=Random())
    double = models.GeneratedField(
        expression=models.F("size") * 2, output_field=models.BigIntegerField(), db_persist=True
    )
    weight = models.PositiveIntegerField(null=True)
    customer = models.ForeignKey(Customer, models.CASCADE, null=True)
    payer = models.ForeignKey(Customer, models.CASCADE, null=True, db_index=False, related_name="+")
    agent = models.ForeignKey(Customer, models.CASCADE, null=True, db_index=False, related_name="+")
    total = models.IntegerField(null=True)
    tax = models.IntegerField(null=True)
    paid = models.BooleanField(null=True)
    shop = models.IntegerField(null=True)
    a = models.IntegerField(null=True)
    b = models.IntegerField(null=True)
    c = models.IntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["state"], name="order_state_idx"),
            models.Index(fields=["agent", "created"], name="order_agent"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(size__gte=0), name="order_size_ok"),
            models.UniqueConstraint(fields=["number", "shop"], name="order_number_shop"),
        ]


class Small(models.Model):
    id = models.AutoField(primary_key=True)
    size = models.PositiveIntegerField()


class Big(models.Model):
    id = models.BigAutoField(primary_key=True)
    size = models.CharField(max_length=10)
    customer = models.ForeignKey(Customer, models.CASCADE)
    select = models.IntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["customer", "size"], name="big_customer")]
        constraints = [
            models.UniqueConstraint(
                fields=["size", "customer"],
                name="size_is_unique_among_all_the_rows_of_a_customer_since_the_year_two_thousand",
            ),
        ]


class Report(models.Model):
    id = models.BigAutoField(primary_key=True)
    size = models.IntegerField()
    weight = models.IntegerField(db_index=True)

    class Meta:
        managed = False
