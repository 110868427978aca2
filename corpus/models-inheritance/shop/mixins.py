from django.db import models


class Priced:
    """No model, only behaviour."""

    def net(self):
        return self.price


class Timestamped(models.Model):
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        abstract = True
        ordering = ["-created_at"]
        get_latest_by = "created_at"


class Published(models.Model):
    public = models.BooleanField("is public", default=False)
    slug = models.SlugField(unique=True)

    class Meta:
        abstract = True
        indexes = [models.Index(fields=["public"], name="%(app_label)s_%(class)s_public")]
        constraints = [
            models.UniqueConstraint(fields=["slug", "public"], name="%(class)s_slug_public"),
        ]
