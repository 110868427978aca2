from django.db import migrations


class ShopMigration(migrations.Migration):
    """Every migration of the shop runs outside a transaction."""

    atomic = False
    initial = None
