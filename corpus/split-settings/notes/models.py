from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models


class AuthorManager(BaseUserManager):
    use_in_migrations = True

    def create_user(self, name, password=None):
        author = self.model(name=name)
        author.set_password(password)
        author.save(using=self._db)
        return author


class Author(AbstractBaseUser):
    name = models.CharField(max_length=40, unique=True)

    objects = AuthorManager()

    USERNAME_FIELD = "name"
