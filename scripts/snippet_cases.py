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

# A check that names a column.
CHECKED = BEFORE.replace("    ]\n", """        migrations.AddConstraint("order", models.CheckConstraint(condition=~models.Q(code=""), name="order_code_set")),
    ]
""")

# `fails`: the direct way fails on rows, so that there is nothing to compare with.  `quick`: neither way works on rows, and
# it is where they end that is compared. Where the safe way names an index in Meta or has none by itself, the state differs on purpose.
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
    {"name": "key-is-renamed", "rule": "validating-constraint", "before": WITH_KEY,
     "operation": 'migrations.RenameField("order", "customer", "buyer"),'},
    {"name": "set-not-null-in-releases", "rule": "set-not-null",
     "operation": 'migrations.AlterField("order", "size", models.IntegerField()),'},
    {"name": "type-under-a-check", "rule": "validating-constraint", "before": CHECKED,
     "operation": 'migrations.AlterField("order", "code", models.CharField(max_length=40, null=True)),'},
    {"name": "volatile-default", "rule": "table-rewrite", "differs": ("state", "schema"),
     "operation": 'migrations.AddField("order", "chance", models.FloatField(db_default=models.functions.Random())),'},
    {"name": "change-type-in-releases", "rule": "change-field-type", "differs": ("state", "schema"),
     "operation": 'migrations.AlterField("order", "size", models.DateField(null=True)),', "fails": True},
    {"name": "rename-field", "rule": "rename-field", "differs": ("state", "schema"), "brief": True,
     "operation": 'migrations.RenameField("order", "size", "weight"),'},
    {"name": "rename-model", "rule": "rename-model", "differs": ("state", "schema"), "brief": True,
     "operation": 'migrations.RenameModel("Order", "Purchase"),'},
    {"name": "foreign-key-with-index", "rule": "blocking-index", "differs": ("state",),
     "operation": 'migrations.AddField("order", "owner", models.ForeignKey("shop.Customer", models.CASCADE, null=True)),'},
    {"name": "remove-field", "rule": "remove-field", "quick": True,
     "operation": 'migrations.RemoveField("order", "size"),'},
    {"name": "delete-model", "rule": "delete-model", "quick": True,
     "operation": 'migrations.DeleteModel("Order"),'},
    {"name": "add-not-null", "rule": "add-not-null-field", "quick": True, "differs": ("state",),
     "operation": 'migrations.AddField("order", "rank", models.IntegerField(default=0)),'},
]
for case in CASES:
    case.setdefault("before", BEFORE)
