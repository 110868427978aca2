from django.db import migrations, models
import django.db.models.constraints
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import django.db.models.manager
import shop.managers


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Erp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
            ],
            options={
                'db_table': 'erp',
                'managed': False,
            },
        ),
        migrations.CreateModel(
            name='Member',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=50)),
                ('email', models.EmailField(max_length=254)),
                ('age', models.IntegerField(default=18)),
                ('active', models.BooleanField(default=True)),
                ('joined', models.DateField()),
            ],
            options={
                'db_table_comment': 'People who buy',
                'base_manager_name': 'history',
                'default_manager_name': 'objects',
            },
            managers=[
                ('objects', django.db.models.manager.Manager()),
                ('history', shop.managers.HistoryManager(since=2001)),
                ('current', shop.managers.FromQuerySet()),
            ],
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(db_comment='As it was asked')),
                ('member', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, to='shop.member')),
            ],
            options={
                'select_on_save': True,
                'default_related_name': 'asked',
                'required_db_vendor': 'sqlite',
            },
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(fields=['name', '-joined'], name='shop_member_name_68a0fe_idx'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(models.OrderBy(django.db.models.functions.text.Lower('email'), descending=True), models.F('age'), name='member_lower_email'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(condition=models.Q(('age__gte', 18), models.Q(('active', False), _negated=True)), fields=['age'], name='adult_age'),
        ),
        migrations.AddIndex(
            model_name='member',
            index=models.Index(fields=['email'], include=('name',), name='member_email_incl'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(django.db.models.functions.text.Upper('name'), name='member_upper_name'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(condition=models.Q(('active', True), ('age__lt', django.db.models.expressions.CombinedExpression(models.F('age'), '+', models.Value(1))), _connector='OR'), fields=('email',), name='one_active_member'),
        ),
        migrations.AddConstraint(
            model_name='member',
            constraint=models.UniqueConstraint(deferrable=django.db.models.constraints.Deferrable['DEFERRED'], fields=('name', 'joined'), name='shop_name_joined'),
        ),
        migrations.AlterUniqueTogether(
            name='member',
            unique_together={('name', 'email')},
        ),
        migrations.AlterOrderWithRespectTo(
            name='question',
            order_with_respect_to='member',
        ),
        migrations.AlterUniqueTogether(
            name='question',
            unique_together={('member', 'text')},
        ),
    ]
