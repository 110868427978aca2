from django.apps import AppConfig
from django.conf import settings

if not hasattr(settings, "LIBRARY_OWNER_MODEL"):
    setattr(settings, "LIBRARY_OWNER_MODEL", "library.Owner")


class LibraryConfig(AppConfig):
    name = "library"
