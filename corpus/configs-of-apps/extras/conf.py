from django.conf import settings


class ExtrasSettings:
    def __getattr__(self, name):
        return getattr(settings, name)


extras_settings = ExtrasSettings()
