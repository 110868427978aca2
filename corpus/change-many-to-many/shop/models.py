from django.db import models


class Tag(models.Model):
    id = models.BigAutoField(primary_key=True)


class Order(models.Model):
    id = models.BigAutoField(primary_key=True)
    tag = models.ManyToManyField(Tag)
    tags = models.ManyToManyField(Tag, related_name="+", through="OrderTag")
    others = models.ManyToManyField(Tag, related_name="+", through="OrderOther")


class OrderTag(models.Model):
    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, models.CASCADE)
    tag = models.ForeignKey(Tag, models.CASCADE)


class OrderOther(models.Model):
    id = models.BigAutoField(primary_key=True)
    order = models.ForeignKey(Order, models.CASCADE)
    tag = models.ForeignKey(Tag, models.CASCADE)

    class Meta:
        db_table = "shop_order_others"
