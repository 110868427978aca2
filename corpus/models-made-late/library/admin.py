from django.contrib import admin

from .loans import Loan

admin.site.register(Loan)
