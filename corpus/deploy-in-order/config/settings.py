SECRET_KEY = "corpus"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "shop",
]

DATABASES = {
    "default": {"ENGINE": "django.db.backends.postgresql", "NAME": "shop"},
}

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True

SHARED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
TENANT_APPS = ["shop"]
