from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion
import shop.models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('contenttypes', '0002_remove_content_type_name'),
        ('stock', '0001_initial'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('shop', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='product',
            name='main_bin',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, to='stock.bin'),
        ),
        migrations.AddField(
            model_name='product',
            name='owner',
            field=models.ForeignKey(limit_choices_to=shop.models.staff, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='shop_products', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='product',
            name='related',
            field=models.ManyToManyField(db_table='product_related', to='shop.Product'),
        ),
        migrations.AddField(
            model_name='product',
            name='suppliers',
            field=models.ManyToManyField(related_name='products', through='shop.Delivery', to='stock.Supplier'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='checked_by',
            field=models.ForeignKey(null=True, on_delete=models.SET(None), to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delivery',
            name='product',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, to='shop.product'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='supplier',
            field=models.ForeignKey(default=1, on_delete=django.db.models.deletion.SET_DEFAULT, to='stock.supplier'),
        ),
        migrations.AddField(
            model_name='comment',
            name='content_type',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='contenttypes.contenttype'),
        ),
        migrations.AddField(
            model_name='category',
            name='groups',
            field=models.ManyToManyField(blank=True, related_name='_shop_category_groups_+', to='auth.Group'),
        ),
        migrations.AddField(
            model_name='category',
            name='owner',
            field=models.ForeignKey(limit_choices_to=shop.models.staff, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='shop_categorys', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='category',
            name='parent',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='shop.category'),
        ),
        migrations.AddField(
            model_name='category',
            name='similar',
            field=models.ManyToManyField(to='shop.Category'),
        ),
    ]
