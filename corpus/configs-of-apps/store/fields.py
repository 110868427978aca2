from typing import Protocol, runtime_checkable

from django.db import models


@runtime_checkable
class Named(Protocol):
    @property
    def label(self) -> str: ...


class Registry[T]:
    def __init__(self, of: type[T]):
        self.of = of

    def choices(self, kinds):
        return [(kind.label, kind.label.title()) for kind in kinds if isinstance(kind, self.of)]

    def known(self, classes):
        return [(kind.label, kind.label.upper()) for kind in classes if isinstance(kind, self.of)]


class Kind[T]:
    value: T


class Small(Kind[int]):
    label = "small"


class Large[T](Kind[T]):
    label = "large"


class Without(Kind[str]):
    pass


KINDS = Registry(Named).choices([Small(), Large(), Without()]) + Registry(Named).known([Small, Without])


class TaggedField(models.ManyToManyField):
    def contribute_to_class(self, cls, name, private_only=False, **kwargs):
        super().contribute_to_class(cls, name, private_only=private_only, **kwargs)
        descriptor = getattr(cls, self.name)
        if not descriptor.reverse:
            self.is_forward = True
