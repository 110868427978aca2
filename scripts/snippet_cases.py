"""Risky operations on a table with rows, each with the rule whose help shows the safe way."""

BEFORE = """from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Customer", fields=[
            ("id", models.BigAutoField(primary_key=True)),
            ("code", models.CharField(max_length=20, null=True)),
            ("size", models.IntegerField(null=True)),
        ]),
        migrations.CreateModel("Order", fields=[
            ("id", models.BigAutoField(primary_key=True)),
            ("code", models.CharField(max_length=20, null=True)),
            ("size", models.IntegerField(null=True)),
            ("customer_id", models.BigIntegerField(null=True)),
        ]),
    ]
"""

INDEXED = BEFORE.replace("    ]\n", """        migrations.AddIndex("order", models.Index(fields=["size"], name="order_size_old")),
    ]
""")
# The same with a foreign key in use.
WITH_KEY = BEFORE.replace(
    '("customer_id", models.BigIntegerField(null=True))', '("customer", models.ForeignKey("shop.Customer", models.CASCADE))'
)

# Where the safe way names an index in Meta or has none by itself, the state differs on purpose.
CASES = [
    {"name": "add-index", "rule": "blocking-index",
     "operation": 'migrations.AddIndex("order", models.Index(fields=["size"], name="order_size_idx")),'},
    {"name": "add-unique-constraint", "rule": "blocking-index",
     "operation": 'migrations.AddConstraint("order", models.UniqueConstraint(fields=["code"], name="order_code_uniq")),'},
    {"name": "unique-field", "rule": "blocking-index",
     "operation": 'migrations.AlterField("order", "size", models.IntegerField(null=True, unique=True)),'},
    {"name": "field-with-index", "rule": "blocking-index", "differs": ("state",),
     "operation": 'migrations.AlterField("order", "size", models.IntegerField(null=True, db_index=True)),'},
    {"name": "unique-together", "rule": "blocking-index", "differs": ("state",),
     "operation": 'migrations.AlterUniqueTogether("order", {("code", "size")}),'},
    {"name": "add-check", "rule": "validating-constraint",
     "operation": 'migrations.AddConstraint("order", models.CheckConstraint(condition=models.Q(size__gte=0), name="order_size_ok")),'},
    {"name": "set-not-null", "rule": "validating-constraint",
     "operation": 'migrations.AlterField("order", "size", models.IntegerField()),'},
    {"name": "field-with-check", "rule": "validating-constraint",
     "operation": 'migrations.AddField("order", "weight", models.PositiveIntegerField(null=True)),'},
    {"name": "change-type", "rule": "table-rewrite", "differs": ("state", "schema"),
     "operation": 'migrations.AlterField("order", "size", models.BigIntegerField(null=True)),'},
    {"name": "change-type-narrower", "rule": "table-rewrite", "differs": ("state", "schema"),
     "operation": 'migrations.AlterField("order", "size", models.SmallIntegerField(null=True)),'},
    {"name": "change-type-decimal", "rule": "table-rewrite", "differs": ("state", "schema"),
     "operation": 'migrations.AlterField("order", "size", models.DecimalField(max_digits=9, decimal_places=2, null=True)),'},
    {"name": "foreign-key-of-a-column", "rule": "validating-constraint",
     "operation": 'migrations.AlterField("order", "customer_id", models.ForeignKey("shop.Customer", models.CASCADE, null=True, '
                  'db_column="customer_id", db_index=False)),'},
    {"name": "remove-index", "rule": "blocking-index-drop", "brief": True, "before": INDEXED,
     "operation": 'migrations.RemoveIndex("order", "order_size_old"),'},
    {"name": "key-becomes-nullable", "rule": "validating-constraint", "before": WITH_KEY,
     "operation": 'migrations.AlterField("order", "customer", models.ForeignKey("shop.Customer", models.CASCADE, null=True)),'},
    {"name": "key-is-renamed", "rule": "validating-constraint", "before": WITH_KEY, "differs": ("schema",),
     "operation": 'migrations.RenameField("order", "customer", "buyer"),'},
]
for case in CASES:
    case.setdefault("before", BEFORE)
