import django.db.models.expressions
import django.db.models.functions.datetime
import django.db.models.functions.math
import django.db.models.functions.text
import shop.models
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Product',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('book', 'Book'), ('game', 'Game')], max_length=4)),
                ('size', models.CharField(choices=shop.models.sizes, max_length=1)),
                ('colour', models.CharField(choices=[('r', 'red'), ('b', 'blue')], db_default='r', max_length=1)),
                ('shape', models.CharField(choices=[('Round', [('c', 'circle'), ('o', 'oval')]), ('q', 'square')], max_length=1)),
                ('price', models.DecimalField(decimal_places=2, max_digits=8)),
                ('amount', models.IntegerField(db_default=1)),
                ('listed_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                ('ratio', models.FloatField(db_default=django.db.models.functions.math.Pi())),
                ('name', models.CharField(max_length=100)),
                ('total', models.GeneratedField(db_persist=True, expression=django.db.models.expressions.CombinedExpression(models.F('price'), '*', models.F('amount')), output_field=models.DecimalField(decimal_places=2, max_digits=12))),
                ('key', models.GeneratedField(db_persist=False, expression=django.db.models.functions.text.Lower(django.db.models.functions.text.Concat('kind', models.Value('-'), 'name')), output_field=models.CharField(max_length=110))),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('amount__gte', 0)), name='amount_positive'), models.UniqueConstraint(fields=('kind', 'name'), name='kind_name', nulls_distinct=False)],
            },
        ),
    ]
