from django.db import models


class OrderManager(models.Manager):
    def open(self):
        return self.filter(size=None)


class Order(models.Model):
    STATES = ["new", "sent"]

    number = models.CharField(max_length=20)
    size = models.IntegerField(null=True)
    note = models.TextField(null=True)

    objects = OrderManager()

    def settle(self):
        self.size = 1
        self.save()


class Line(models.Model):
    text = models.TextField()
