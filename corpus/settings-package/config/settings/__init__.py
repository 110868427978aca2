import os

if os.environ.get("APP_ENV", "dev") == "prod":
    from config.settings.prod import *
else:
    from config.settings.dev import *
