from django.db import models
from django.db.models.signals import post_save
from django.dispatch import receiver


class OrderManager(models.Manager):
    def open(self):
        return self.filter(size=None)


class Order(models.Model):
    STATES = ["new", "sent"]

    number = models.CharField(max_length=20)
    size = models.IntegerField(null=True)
    note = models.TextField(null=True)
    paid = models.BooleanField(null=True)
    sent = models.BooleanField(null=True)

    objects = OrderManager()

    def settle(self):
        self.size = 1
        self.save()


class Line(models.Model):
    text = models.TextField()


class Ticket(models.Model):
    title = models.CharField(max_length=50)
    code = models.CharField(max_length=20, default="")
    gone = models.BooleanField(default=False)

    def save(self, *args, **kwargs):
        if not self.code:
            self.code = self.title[:20].lower()
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        self.gone = True
        self.save()


class Entry(models.Model):
    ticket = models.ForeignKey(Ticket, models.CASCADE)


@receiver(post_save, sender=Ticket)
def enter(sender, instance, created, **kwargs):
    if created:
        Entry.objects.create(ticket=instance)
