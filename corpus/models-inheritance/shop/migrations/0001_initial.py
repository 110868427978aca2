from django.db import migrations, models
import django.db.models.deletion
import shop.mixins


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('public', models.BooleanField(default=False, verbose_name='is public')),
                ('price', models.DecimalField(decimal_places=2, default=0, max_digits=8)),
                ('slug', models.SlugField(max_length=120)),
            ],
            options={
                'verbose_name': 'article',
                'permissions': [('publish_article', 'Can publish')],
                'abstract': False,
                'default_permissions': ('add', 'change'),
            },
            bases=(shop.mixins.Priced, models.Model),
        ),
        migrations.CreateModel(
            name='Note',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True, db_index=True)),
                ('text', models.TextField()),
            ],
            options={
                'verbose_name_plural': 'notes',
                'ordering': ['-created_at'],
                'get_latest_by': 'created_at',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Place',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=50)),
            ],
            options={
                'ordering': ('name',),
            },
        ),
        migrations.CreateModel(
            name='Cafe',
            fields=[
                ('place', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, related_name='as_cafe', serialize=False, to='shop.place')),
                ('seats', models.IntegerField(default=0)),
            ],
            options={
                'ordering': [],
            },
            bases=('shop.place',),
        ),
        migrations.CreateModel(
            name='Restaurant',
            fields=[
                ('place_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='shop.place')),
                ('serves_pizza', models.BooleanField(default=True)),
            ],
            bases=('shop.place',),
        ),
        migrations.AddIndex(
            model_name='article',
            index=models.Index(fields=['public'], name='shop_article_public'),
        ),
        migrations.AddConstraint(
            model_name='article',
            constraint=models.UniqueConstraint(fields=('slug', 'public'), name='article_slug_public'),
        ),
        migrations.CreateModel(
            name='CheapArticle',
            fields=[
            ],
            options={
                'ordering': ['price'],
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('shop.article',),
        ),
        migrations.CreateModel(
            name='Bar',
            fields=[
                ('restaurant_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='shop.restaurant')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('updated_at', models.DateTimeField(auto_now=True, db_index=True)),
            ],
            options={
                'db_table': 'bars',
            },
            bases=('shop.restaurant', models.Model),
        ),
        migrations.CreateModel(
            name='CheapestArticle',
            fields=[
            ],
            options={
                'verbose_name': 'cheapest article',
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('shop.cheaparticle',),
        ),
    ]
