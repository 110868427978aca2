import django
from django.conf import settings
from django.db import migrations, models

APP = "shop"
operations = []
for locale in settings.SHOP_LOCALES:
    operations.append(
        migrations.AddField("product", "name_%s" % locale, models.CharField(max_length=120, null=True))
    )
if django.VERSION >= (2, 0):
    operations += [migrations.RunSQL("SELECT 1", "SELECT 1")]


class Migration(migrations.Migration):
    dependencies = [(APP, "0002_numbers")]
    operations = operations
