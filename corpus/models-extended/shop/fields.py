from django.db import models


class KindField(models.CharField):
    def __init__(self, *args, empty=models.fields.BLANK_CHOICE_DASH[0][1], **kwargs):
        self.empty = empty
        super().__init__(*args, **kwargs)
