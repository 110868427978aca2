from django.db import models


class Client(models.Model):
    email = models.EmailField()
    full_name = models.CharField(max_length=100, db_column="name")

    class Meta:
        indexes = [models.Index(fields=["email"], name="client_email")]
        unique_together = {("email", "full_name")}


class Purchase(models.Model):
    client = models.ForeignKey(Client, on_delete=models.CASCADE)
    total = models.IntegerField()

    class Meta:
        db_table = "shop_order"
        ordering = ["client"]
