from django.db import models


class Bin(models.Model):
    keeper = models.ForeignKey("auth.User", on_delete=models.CASCADE)

    class Meta:
        db_table = "bins"
