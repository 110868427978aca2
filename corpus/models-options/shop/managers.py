from django.db import models


class ActiveQuerySet(models.QuerySet):
    def active(self):
        return self.filter(active=True)


class HistoryManager(models.Manager):
    use_in_migrations = True

    def __init__(self, since=None):
        super().__init__()
        self.since = since


class FromQuerySet(models.Manager.from_queryset(ActiveQuerySet)):
    use_in_migrations = True
