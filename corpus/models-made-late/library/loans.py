from django.db import models

from .models import Book


class Loan(models.Model):
    book = models.ForeignKey(Book, models.CASCADE)
    until = models.DateField()
