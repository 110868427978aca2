SECRET_KEY = "corpus"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "wishlist"]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
USE_TZ = True
