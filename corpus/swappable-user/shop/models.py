from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models


class Order(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    handled_by = models.ForeignKey(get_user_model(), null=True, on_delete=models.SET_NULL)
    watchers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="watched_%(class)ss")
