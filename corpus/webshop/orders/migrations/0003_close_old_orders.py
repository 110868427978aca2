import datetime

from django.db import migrations
from django.utils import timezone

from orders.models import Order


def close(apps, schema_editor):
    long_ago = timezone.now() - datetime.timedelta(days=365)
    for order in Order.objects.filter(state="paid", created_at__lt=long_ago):
        order.state = "closed"
        order.save()


class Migration(migrations.Migration):
    dependencies = [("orders", "0002_order_state_index")]

    operations = [
        migrations.RunPython(close),
    ]
