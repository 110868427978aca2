from django.db import migrations

from shop import operations


class Migration(migrations.Migration):
    dependencies = [("shop", "0001_initial")]
    operations = [
        operations.AddOptional("product", "colour", 7),
        operations.Backfill("product", "colour", "#ffffff"),
    ]
