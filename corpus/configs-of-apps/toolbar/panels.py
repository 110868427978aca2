from .models import Entry


class Panel:
    keeps = Entry

    @classmethod
    def ready(cls):
        cls.is_ready = True


PANELS = [Panel]
