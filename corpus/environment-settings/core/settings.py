import os

from core.env import Env, config

env = Env(DEBUG=(bool, False))

SECRET_KEY = config("SECRET_KEY", default="corpus")
DEBUG = env.bool("DEBUG", default=False)
WITH_STOCK = os.getenv("WITH_STOCK", "1") == "1"
try:
    REGION = os.environ["SHOP_REGION"]
except KeyError:
    REGION = "eu"

INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "shop"]
if WITH_STOCK and REGION == "eu":
    INSTALLED_APPS.append("stock")
if DEBUG:
    INSTALLED_APPS += ["debug_toolbar"]
INSTALLED_APPS += env.list("EXTRA_APPS", default=["notes"])

DATABASES = {
    "default": {
        "ENGINE": os.environ.get("DB_ENGINE", "django.db.backends.sqlite3"),
        "NAME": env("DB_NAME", default="db.sqlite3"),
        "PORT": config("DB_PORT", default=5432, cast=int),
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
