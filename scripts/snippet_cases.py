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

# A default in the database, a column without NULL, a many-to-many field, an index of a field, a unique group.
DEFAULTED = BEFORE.replace('("size", models.IntegerField(null=True)),\n            ("customer_id"',
                           '("size", models.IntegerField(default=1, db_default=1)),\n            ("customer_id"')
REQUIRED = BEFORE.replace('("size", models.IntegerField(null=True)),\n            ("customer_id"',
                          '("size", models.IntegerField()),\n            ("customer_id"')
LINKED = BEFORE.replace("    ]\n", """        migrations.AddField("order", "friends", models.ManyToManyField("shop.Customer")),
    ]
""")
INDEXED_FIELD = REQUIRED.replace("models.IntegerField()", "models.IntegerField(db_index=True)")
GROUPED = BEFORE.replace("    ]\n", """        migrations.AlterUniqueTogether("order", {("code", "size")}),
    ]
""")
POSTGRESQL = "from django.contrib.postgres.operations import *"
# A model for code that reaches for it.
MODELS = """from django.db import models


class Order(models.Model):
    code = models.CharField(max_length=20, null=True)
    size = models.IntegerField(null=True)
    customer_id = models.BigIntegerField(null=True)
"""
RUN = "\n\n\natomic = False\noperations = [\n    migrations.RunPython(fill, migrations.RunPython.noop),\n]"

# `fails`: the direct way fails on rows, so that there is nothing to compare with.  `quick`: neither way works on rows, and
# it is where they end that is compared. `fill` puts what the reader of the help is to write in the place of `...`; `wrap` is
# what stands around code that is no operation. `works` is SQL of the old release that runs after the safe way and not after
# the direct one, `back` says the same of the way back. `violate` makes a row that the query of the help must find, `left` is
# what a try before left behind. Where the safe way names an index in Meta or has none by itself, the state differs on purpose.
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
    {"name": "remove-field-columns-of-a-key", "rule": "remove-field", "quick": True, "before": WITH_KEY,
     "operation": 'migrations.RemoveField("order", "customer"),'},
    {"name": "add-check-of-a-column", "rule": "add-check", "violate": "UPDATE shop_order SET size = -1 WHERE id = 1",
     "operation": 'migrations.AddConstraint("order", models.CheckConstraint(condition=models.Q(size__gte=0), name="order_size_ok")),'},
    {"name": "add-check-of-two-columns", "rule": "add-check", "violate": "UPDATE shop_order SET size = 0 WHERE id = 1",
     "operation": 'migrations.AddConstraint("order", models.CheckConstraint(condition=models.Q(size__gte=models.F("customer_id")), '
                  'name="order_size_ok")),'},
    {"name": "add-check-either", "rule": "add-check", "violate": "UPDATE shop_order SET size = -1 WHERE id = 1",
     "operation": 'migrations.AddConstraint("order", models.CheckConstraint(condition=models.Q(size=None) | ~models.Q(size__lt=0), '
                  'name="order_size_ok")),'},
    {"name": "add-check-not-null", "rule": "add-check", "before": REQUIRED, "violate": "UPDATE shop_order SET size = -1 WHERE id = 1",
     "operation": 'migrations.AddConstraint("order", models.CheckConstraint(condition=models.Q(size__gte=0), name="order_size_ok")),'},
    {"name": "add-check-not-valid", "rule": "add-check", "violate": "UPDATE shop_order SET size = -1 WHERE id = 1", "quick": True,
     "imports": POSTGRESQL,
     "operation": 'AddConstraintNotValid("order", models.CheckConstraint(condition=models.Q(size__gte=0), name="order_size_ok")),'},
    {"name": "add-check-mariadb", "rule": "add-check", "on": "mariadb:10.11", "quick": True,
     "violate": "UPDATE shop_order SET size = -1 WHERE id = 1",
     "operation": 'migrations.AddConstraint("order", models.CheckConstraint(condition=models.Q(size__gte=0), name="order_size_ok")),'},
    {"name": "add-check-sqlite", "rule": "add-check", "on": "sqlite", "quick": True,
     "violate": "UPDATE shop_order SET size = -1 WHERE id = 1",
     "operation": 'migrations.AddConstraint("order", models.CheckConstraint(condition=models.Q(size__gte=0), name="order_size_ok")),'},
    {"name": "add-unique", "rule": "add-unique", "violate": "UPDATE shop_order SET code = 'c2' WHERE id = 1", "quick": True,
     "operation": 'migrations.AddConstraint("order", models.UniqueConstraint(fields=["code"], name="order_code_uniq")),'},
    {"name": "add-unique-together", "rule": "add-unique", "quick": True,
     "violate": "UPDATE shop_order SET code = 'c2', size = 2 WHERE id = 1",
     "operation": 'migrations.AlterUniqueTogether("order", {("code", "size")}),'},
    {"name": "unique-callable-default", "rule": "unique-callable-default", "fails": True, "imports": "import uuid",
     "operation": 'migrations.AddField("order", "token", models.UUIDField(default=uuid.uuid4, unique=True)),'},
    {"name": "unique-callable-default-null", "rule": "unique-callable-default", "fails": True, "imports": "import uuid",
     "operation": 'migrations.AddField("order", "token", models.UUIDField(default=uuid.uuid4, unique=True, null=True)),'},
    {"name": "unique-constant-default", "rule": "unique-callable-default", "fails": True,
     "fill": [("...", "f'x{row.pk}'")],
     "operation": 'migrations.AddField("order", "token", models.CharField(max_length=20, default="x", unique=True)),'},
    {"name": "unique-callable-default-mariadb", "rule": "unique-callable-default", "fails": True, "on": "mariadb:10.11",
     "imports": "import uuid",
     "operation": 'migrations.AddField("order", "token", models.UUIDField(default=uuid.uuid4, unique=True)),'},
    {"name": "unique-callable-default-sqlite", "rule": "unique-callable-default", "fails": True, "on": "sqlite", "imports": "import uuid",
     "operation": 'migrations.AddField("order", "token", models.UUIDField(default=uuid.uuid4, unique=True)),'},
    {"name": "unique-text", "rule": "blocking-index",
     "operation": 'migrations.AlterField("order", "code", models.CharField(max_length=20, null=True, unique=True)),'},
    {"name": "one-to-one", "rule": "blocking-index",
     "operation": 'migrations.AddField("order", "owner", models.OneToOneField("shop.Customer", models.CASCADE, null=True)),'},
    {"name": "slug", "rule": "blocking-index", "differs": ("state", "schema"),
     "operation": 'migrations.AddField("order", "slug", models.SlugField(null=True)),'},
    {"name": "unique-constraint-with-condition", "rule": "blocking-index",
     "fill": [("# that statement, with CONCURRENTLY after CREATE UNIQUE INDEX", ""),
              ("...", "'CREATE UNIQUE INDEX CONCURRENTLY \"order_code_uniq\" ON \"shop_order\" (\"code\") WHERE \"size\" > 3'")],
     "operation": 'migrations.AddConstraint("order", models.UniqueConstraint(fields=["code"], condition=models.Q(size__gt=3), '
                  'name="order_code_uniq")),'},
    {"name": "unique-together-replaced", "rule": "blocking-index", "before": GROUPED, "differs": ("state",),
     "operation": 'migrations.AlterUniqueTogether("order", {("code", "customer_id")}),'},
    {"name": "index-of-a-field-dropped", "rule": "blocking-index-drop", "brief": True, "before": INDEXED_FIELD,
     "operation": 'migrations.AlterField("order", "size", models.IntegerField()),'},
    {"name": "index-and-more-dropped", "rule": "blocking-index-drop", "quick": True, "before": INDEXED_FIELD,
     "operation": 'migrations.AlterField("order", "size", models.IntegerField(null=True)),'},
    {"name": "concurrent-in-transaction", "rule": "concurrent-in-transaction", "fails": True, "imports": POSTGRESQL,
     "operation": 'AddIndexConcurrently("order", models.Index(fields=["size"], name="order_size_idx")),'},
    {"name": "concurrent-in-one-text", "rule": "concurrent-in-transaction", "fails": True,
     "wrap": {"instead": "atomic = False\noperations = [\n    {code}\n]"},
     "operation": 'atomic = False\noperations = [\n    migrations.RunSQL("SET lock_timeout = 2000; '
                  'CREATE INDEX CONCURRENTLY i ON shop_order (size)", ""),\n]'},
    {"name": "concurrent-not-alone", "rule": "concurrent-not-alone", "quick": True, "imports": POSTGRESQL,
     "wrap": {"in each": 'atomic = False\noperations = [\n    AddIndexConcurrently("order", models.Index(fields=["size"], name="i")),\n'
                         '    AddIndexConcurrently("order", models.Index(fields=["code"], name="j")),\n]'},
     "operation": 'atomic = False\noperations = [\n    AddIndexConcurrently("order", models.Index(fields=["size"], name="i")),\n'
                  '    AddIndexConcurrently("order", models.Index(fields=["code"], name="j")),\n]'},
    {"name": "concurrent-not-retryable", "rule": "concurrent-not-retryable", "fails": True, "imports": POSTGRESQL,
     "left": ["CREATE INDEX order_size_idx ON shop_order (code)"],
     "operation": 'atomic = False\noperations = [\n    AddIndexConcurrently("order", models.Index(fields=["size"], '
                  'name="order_size_idx")),\n]'},
    {"name": "alter-model-table", "rule": "alter-model-table", "quick": True, "differs": ("schema",),
     "works": ["INSERT INTO shop_order (code, size) VALUES ('x', 9)", "UPDATE shop_order SET size = 8 WHERE code = 'x'",
               "DELETE FROM shop_order WHERE code = 'x'"],
     "operation": 'migrations.AlterModelTable("order", "shop_purchases"),'},
    {"name": "alter-model-table-mariadb", "rule": "alter-model-table", "quick": True, "on": "mariadb:10.11",
     "works": ["INSERT INTO shop_order (code, size) VALUES ('x', 9)", "UPDATE shop_order SET size = 8 WHERE code = 'x'",
               "DELETE FROM shop_order WHERE code = 'x'"],
     "operation": 'migrations.AlterModelTable("order", "shop_purchases"),'},
    {"name": "foreign-key-without-index", "rule": "foreign-key-without-index", "quick": True, "differs": ("state", "schema"),
     "operation": 'migrations.AddField("order", "owner", models.ForeignKey("shop.Customer", models.CASCADE, null=True, db_index=False)),'},
    {"name": "foreign-key-without-index-sqlite", "rule": "foreign-key-without-index", "quick": True, "differs": ("state", "schema"),
     "on": "sqlite",
     "operation": 'migrations.AddField("order", "owner", models.ForeignKey("shop.Customer", models.CASCADE, null=True, db_index=False)),'},
    {"name": "many-to-many-through", "rule": "change-many-to-many", "fails": True, "before": LINKED,
     "fill": [('# CreateModel of the through model, with options={"db_table": "shop_order_friends"}',
               'migrations.CreateModel("Friend", [("id", models.BigAutoField(primary_key=True)), ("order", models.ForeignKey("shop.Order", '
               'models.CASCADE)), ("customer", models.ForeignKey("shop.Customer", models.CASCADE))], '
               'options={"db_table": "shop_order_friends"}),')],
     "operation": 'migrations.AlterField("order", "friends", models.ManyToManyField("shop.Customer", through="shop.Friend")),'},
    {"name": "key-to-many-to-many", "rule": "change-many-to-many", "fails": True, "before": WITH_KEY,
     "operation": 'migrations.AlterField("order", "customer", models.ManyToManyField("shop.Customer")),'},
    {"name": "narrow-text", "rule": "narrow-field", "differs": ("state", "schema"),
     "operation": 'migrations.AlterField("order", "code", models.CharField(max_length=10, null=True)),'},
    {"name": "narrow-number", "rule": "narrow-field", "differs": ("state", "schema"),
     "operation": 'migrations.AlterField("order", "size", models.SmallIntegerField(null=True)),'},
    {"name": "narrow-to-positive", "rule": "narrow-field", "differs": ("state", "schema"),
     "operation": 'migrations.AlterField("order", "size", models.PositiveIntegerField(null=True)),'},
    {"name": "narrow-text-mariadb", "rule": "narrow-field", "quick": True, "on": "mariadb:10.11",
     "operation": 'migrations.AlterField("order", "code", models.CharField(max_length=10, null=True)),'},
    {"name": "positive-number", "rule": "validating-constraint",
     "operation": 'migrations.AlterField("order", "size", models.PositiveIntegerField(null=True)),'},
    {"name": "set-not-null-mariadb", "rule": "set-not-null", "quick": True, "on": "mariadb:10.11",
     "operation": 'migrations.AlterField("order", "size", models.IntegerField()),'},
    {"name": "set-not-null-sqlite", "rule": "set-not-null", "quick": True, "on": "sqlite",
     "operation": 'migrations.AlterField("order", "size", models.IntegerField()),'},
    {"name": "remove-default", "rule": "remove-default", "quick": True, "before": DEFAULTED,
     "operation": 'migrations.AlterField("order", "size", models.IntegerField()),'},
    {"name": "remove-field-from-state", "rule": "remove-field", "quick": True, "before": REQUIRED, "differs": ("schema",),
     "works": ["INSERT INTO shop_order (code) VALUES ('x')"],
     "operation": 'migrations.SeparateDatabaseAndState(state_operations=[migrations.RemoveField("order", "size")]),'},
    {"name": "remove-field-mariadb", "rule": "remove-field", "quick": True, "on": "mariadb:10.11",
     "operation": 'migrations.RemoveField("order", "size"),'},
    {"name": "remove-key-mariadb", "rule": "remove-field", "quick": True, "on": "mariadb:10.11", "before": WITH_KEY,
     "operation": 'migrations.RemoveField("order", "customer"),'},
    {"name": "remove-field-sqlite", "rule": "remove-field", "quick": True, "on": "sqlite",
     "operation": 'migrations.RemoveField("order", "size"),'},
    {"name": "delete-model-mariadb", "rule": "delete-model", "quick": True, "on": "mariadb:10.11",
     "operation": 'migrations.DeleteModel("Order"),'},
    {"name": "delete-model-sqlite", "rule": "delete-model", "quick": True, "on": "sqlite",
     "operation": 'migrations.DeleteModel("Order"),'},
    {"name": "rename-field-mariadb", "rule": "rename-field", "quick": True, "differs": ("state", "schema"), "on": "mariadb:10.11",
     "operation": 'migrations.RenameField("order", "size", "weight"),'},
    {"name": "change-type-mariadb", "rule": "change-field-type", "fails": True, "on": "mariadb:10.11",
     "operation": 'migrations.AlterField("order", "code", models.DateField(null=True)),'},
    {"name": "add-not-null-computed", "rule": "add-not-null-field", "quick": True, "imports": "import uuid",
     "operation": 'migrations.AddField("order", "token", models.UUIDField(default=uuid.uuid4)),', "left": ["DELETE FROM shop_order"]},
    {"name": "imports-model", "rule": "imports-model", "quick": True, "models": MODELS,
     "wrap": {"in the function": "def fill(apps, schema_editor):\n    {code}\n    Order.objects.filter(size=1).update(size=2)" + RUN},
     "operation": "from shop.models import Order\ndef fill(apps, schema_editor):\n    Order.objects.filter(size=1).update(size=2)" + RUN},
    {"name": "irreversible-python", "rule": "irreversible-operation", "quick": True, "back": True,
     "wrap": {"where nothing is to undo": "def fill(apps, schema_editor):\n    pass\n\n\noperations = [\n    {code}\n]"},
     "operation": "def fill(apps, schema_editor):\n    pass\n\n\noperations = [\n    migrations.RunPython(fill),\n]"},
    {"name": "irreversible-sql", "rule": "irreversible-operation", "quick": True, "back": True,
     "operation": 'migrations.RunSQL("SELECT 1"),'},
    {"name": "no-lock-timeout", "rule": "no-lock-timeout", "quick": True,
     "operation": 'migrations.AddField("order", "note", models.TextField(null=True)),'},
    {"name": "small-primary-key", "rule": "small-primary-key", "quick": True, "differs": ("state", "schema"),
     "wrap": {"instead": 'migrations.CreateModel("Line", [\n    {code}\n]),'},
     "operation": 'migrations.CreateModel("Line", [("id", models.AutoField(primary_key=True))]),'},
    {"name": "sql-drops-a-column", "rule": "sql-state-missing", "quick": True, "differs": ("state",),
     "wrap": {"in the `RunSQL`": 'migrations.RunSQL(\n    "ALTER TABLE shop_order DROP COLUMN size", "",\n    {code}\n),'},
     "operation": 'migrations.RunSQL("ALTER TABLE shop_order DROP COLUMN size", ""),'},
    {"name": "sql-renames-a-table", "rule": "sql-state-missing", "quick": True, "differs": ("state",),
     "wrap": {"in the `RunSQL`": 'migrations.RunSQL(\n    "ALTER TABLE shop_order RENAME TO orders", "",\n    {code}\n),'},
     "operation": 'migrations.RunSQL("ALTER TABLE shop_order RENAME TO orders", ""),'},
    {"name": "sql-transaction", "rule": "sql-transaction", "quick": True, "findings": 2,
     "operation": 'migrations.RunSQL("BEGIN; UPDATE shop_order SET size = 1 WHERE id = 1; COMMIT", ""),'},
    {"name": "sql-update", "rule": "sql-update-without-where", "quick": True,
     "fill": [("... WHERE id IN", "UPDATE shop_order SET size = 0 WHERE id IN"), ("WHERE ... LIMIT", "WHERE size <> 0 LIMIT")],
     "wrap": {"instead, by `RunPython` in a migration with `atomic = False`": "{code}" + RUN},
     "operation": 'migrations.RunSQL("UPDATE shop_order SET size = 0", ""),'},
    {"name": "unbatched-update", "rule": "unbatched-update", "quick": True, "fill": [("update(...)", "update(size=0)")],
     "wrap": {"instead": "{code}" + RUN},
     "operation": 'def fill(apps, schema_editor):\n    apps.get_model("shop", "Order").objects.all().update(size=0)\n\n\n'
                  'operations = [\n    migrations.RunPython(fill, migrations.RunPython.noop),\n]'},
    {"name": "unbatched-save", "rule": "unbatched-update", "quick": True, "fill": [("            ...", "            row.size = 0")],
     "wrap": {"instead": "{code}" + RUN},
     "operation": 'def fill(apps, schema_editor):\n    for row in apps.get_model("shop", "Order").objects.all():\n        row.size = 0\n'
                  '        row.save()\n\n\noperations = [\n    migrations.RunPython(fill, migrations.RunPython.noop),\n]'},
    {"name": "wrong-database", "rule": "wrong-database", "quick": True,
     "settings": 'DATABASES["other"] = {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}',
     "wrap": {"in the function": 'def fill(apps, schema_editor):\n    Order = apps.get_model("shop", "Order")\n    {code}.filter(size=1).update(size=2)'
                                 + RUN},
     "operation": 'def fill(apps, schema_editor):\n    Order = apps.get_model("shop", "Order")\n    Order.objects.filter(size=1).update(size=2)'
                  + RUN},
]
for case in CASES:
    case.setdefault("before", BEFORE)
    case.setdefault("on", "postgresql:15")

# Help that no run of a migration can show, by rule and caption, with the reason.
SHELL = "a command for a shell"
APART = {
    ("dependency-on-latest", "as of now"): "an entry of `dependencies`, nothing that runs",
    ("imports-model", "in the function of the migration"): "the line of `in the function`, for code that is reached through others",
    ("makemigrations-in-deploy", "instead"): SHELL,
    ("missing-dependency", "in `dependencies`"): "an entry of `dependencies`, nothing that runs",
    ("missing-migration", "the migration's operation"): "what `missing --write` writes: tests/missing_write.rs, scripts/compare_written.py",
    ("no-migration-check", "in the pipeline"): SHELL,
    ("sql-built-from-values", "instead"): "one call of a cursor",
    ("undeclared-dependency", "in `dependencies`"): "an entry of `dependencies`, nothing that runs",
}
