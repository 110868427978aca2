from shop.models import Product


def clean_names():
    for product in Product.objects.all():
        product.name = product.name.strip()
        product.save()
