import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve(strict=True).parents[2]
SECRET_KEY = "corpus"

DJANGO_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
LOCAL_APPS = ["shop.apps.ShopConfig"]
INSTALLED_APPS = DJANGO_APPS + LOCAL_APPS

DATABASES = {
    "default": dict(
        ENGINE="django.db.backends.sqlite3",
        NAME=os.path.join(BASE_DIR, "db.sqlite3"),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
MIGRATION_MODULES = {}
