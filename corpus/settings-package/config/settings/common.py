def with_contrib(*apps):
    contrib = tuple("django.contrib." + name for name in ("contenttypes", "auth"))
    return contrib + apps


SECRET_KEY = "corpus"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
