from django.db import models


class Order(models.Model):
    number = models.TextField()
    owner = models.ForeignKey("auth.User", models.CASCADE)
