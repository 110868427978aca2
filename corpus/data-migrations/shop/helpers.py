from shop.models import Order


def count_all():
    return Order.objects.count()


def number_of(row):
    return row.number.strip()
