from django.db import models

from .mixins import Priced, Published, Timestamped


class Article(Priced, Timestamped, Published):
    price = models.DecimalField(max_digits=8, decimal_places=2, default=0)
    slug = models.SlugField(max_length=120)
    updated_at = None

    class Meta(Published.Meta):
        verbose_name = "article"
        default_permissions = ("add", "change")
        permissions = [("publish_article", "Can publish")]


class Note(Timestamped):
    text = models.TextField()

    class Meta(Timestamped.Meta):
        abstract = False
        verbose_name_plural = "notes"


class Place(models.Model):
    name = models.CharField(max_length=50)

    class Meta:
        ordering = ("name",)


class Restaurant(Place):
    serves_pizza = models.BooleanField(default=True)


class Cafe(Place):
    place = models.OneToOneField(Place, on_delete=models.CASCADE, parent_link=True, related_name="as_cafe")
    seats = models.IntegerField(default=0)

    class Meta:
        ordering = []


class Bar(Restaurant, Timestamped):
    class Meta:
        db_table = "bars"


class CheapArticle(Article):
    class Meta:
        proxy = True
        ordering = ["price"]


class CheapestArticle(CheapArticle):
    class Meta:
        proxy = True
        verbose_name = "cheapest article"
