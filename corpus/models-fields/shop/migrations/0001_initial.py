import datetime
from decimal import Decimal
import django.core.validators
from django.db import migrations, models
import django.utils.timezone
import functools
import shop.fields
import shop.models
import uuid


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Product',
            fields=[
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(help_text='As it stands on the label.', max_length=100, verbose_name='name')),
                ('size', models.CharField(choices=[('S', 'small'), ('L', 'large'), ('XL', 'Huge')], default='S', max_length=2)),
                ('stars', models.IntegerField(blank=True, choices=[(None, '(unrated)'), (1, 'One'), (2, 'Two')], null=True)),
                ('language', models.CharField(choices=[('en', 'English'), ('de', 'Deutsch')], default='en', max_length=2)),
                ('grouped', models.CharField(choices=[('Warm', [('r', 'red'), ('y', 'yellow')]), ('Cold', [('b', 'blue')])], default=functools.partial(str, *('r',), **{}), max_length=1)),
                ('code', models.CharField(default=functools.partial(shop.models.make_code, *('P',), **{'length': 6}), max_length=20, unique=True)),
                ('price', shop.fields.MoneyField(default=Decimal('9.90'))),
                ('price_abroad', shop.fields.MoneyField(currency='USD', null=True)),
                ('short', shop.fields.ShortCharField(blank=True, max_length=40)),
                ('short_named', shop.fields.ShortCharField(blank=True, max_length=50, verbose_name='named')),
                ('upper', shop.fields.UpperField(default='ABC', max_length=5)),
                ('weight', models.FloatField(validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(1000000.0, message='too heavy')])),
                ('vat', models.CharField(max_length=12, validators=[django.core.validators.RegexValidator('^[A-Z]{2}\\d+$', 'Not a VAT number.')])),
                ('listed_on', models.DateField(default=datetime.date.today)),
                ('listed_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('lasts', models.DurationField(default=datetime.timedelta(days=1))),
                ('picture', models.FileField(blank=True, upload_to=shop.models.upload_to)),
                ('sheet', models.FileField(max_length=200, upload_to='sheets/%Y')),
                ('attributes', models.JSONField(blank=True, default=dict)),
                ('address', models.GenericIPAddressField(null=True, protocol='IPv4')),
                ('url', models.URLField(verbose_name='address')),
                ('slug', models.SlugField(db_index=False)),
                ('small', models.SmallIntegerField(db_column='tiny', default=-1)),
                ('binary', models.BinaryField(default=b'\x00a', editable=True)),
                ('email', models.EmailField(error_messages={'invalid': 'no mail'}, max_length=100)),
                ('at', models.TimeField(null=True)),
                ('path', models.FilePathField(match='.*\\.txt$', path='/tmp', recursive=True)),
                ('flag', models.BooleanField(null=True)),
                ('tags', models.CharField(db_tablespace='fast', max_length=5, unique_for_date='listed_on')),
            ],
        ),
    ]
