from django.db import models


class Order(models.Model):
    total = models.IntegerField(default=0)


class Line(models.Model):
    order = models.ForeignKey(Order, on_delete=models.CASCADE)
    note = models.ForeignKey("notes.Note", null=True, on_delete=models.SET_NULL)
