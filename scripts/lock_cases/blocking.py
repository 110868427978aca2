"""Migrations to run on a busy database: an app `shop` with `Customer` and `Order`, and a second
migration with these operations."""

MODELS = '''
from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations, models
import django.db.models.functions


class Migration(migrations.Migration):
    initial = True
    operations = [
        migrations.CreateModel("Customer", [
            ("id", models.BigAutoField(primary_key=True)),
            ("name", models.CharField(max_length=50)),
        ]),
        migrations.CreateModel("Order", [
            ("id", models.BigAutoField(primary_key=True)),
            ("customer", models.ForeignKey("shop.Customer", models.CASCADE)),
            ("buyer", models.BigIntegerField(default=1)),
            ("number", models.IntegerField()),
            ("note", models.CharField(max_length=50, null=True)),
            ("spare", models.IntegerField(null=True)),
        ]),
        migrations.AddIndex("order", models.Index(fields=["spare"], name="order_spare")),
        migrations.AddConstraint("order", models.CheckConstraint(CHECK=models.Q(number__gt=-1), name="order_number")),
    ]
'''

MIGRATION = '''
from django.contrib.postgres import operations as postgres
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import migrations, models
from django.db.models import functions


class Migration(migrations.Migration):
    atomic = {atomic}
    dependencies = [("shop", "0001_initial")]
    operations = [{operations}]
'''

NOT_VALID = "ALTER TABLE shop_order ADD CONSTRAINT later CHECK (number < 1000000) NOT VALID"
KEY_NOT_VALID = "ALTER TABLE shop_order ADD CONSTRAINT later FOREIGN KEY (buyer) REFERENCES shop_customer (id) NOT VALID"


def case(name, operations, *before, atomic=True):
    """`before`: SQL that is run in advance."""
    return {"name": name, "operations": operations, "before": list(before), "atomic": atomic}


def sql(text):
    return f"migrations.RunSQL({text!r})"


CASES = [
    # These block neither reader nor writer.
    case("add-index-concurrently",
         'postgres.AddIndexConcurrently("order", models.Index(fields=["number"], name="order_n"))', atomic=False),
    case("remove-index-concurrently", 'postgres.RemoveIndexConcurrently("order", "order_spare")', atomic=False),
    case("validate-check", 'postgres.ValidateConstraint("order", "later")', NOT_VALID),
    case("validate-foreign-key", 'postgres.ValidateConstraint("order", "later")', KEY_NOT_VALID),
    case("rename-index", 'migrations.RenameIndex("order", new_name="order_spare_2", old_name="order_spare")'),
    case("comment-table", 'migrations.AlterModelTableComment("order", "Orders")'),
    case("create-model", 'migrations.CreateModel("Fresh", [("id", models.BigAutoField(primary_key=True))])'),
    case("choices-only", 'migrations.AlterField("order", "number", models.IntegerField(choices=[(1, "one")]))'),
    case("create-extension", "postgres.CITextExtension()"),
    case("set-statistics", sql("ALTER TABLE shop_order ALTER COLUMN number SET STATISTICS 500")),
    case("storage-parameter", sql("ALTER TABLE shop_order SET (fillfactor = 90)")),
    case("create-statistics", sql("CREATE STATISTICS st ON number, buyer FROM shop_order")),
    case("analyze", sql("ANALYZE shop_order")),
    case("update-nothing", sql("UPDATE shop_order SET spare = 1 WHERE id = -1")),
    case("reindex-concurrently", sql("REINDEX TABLE CONCURRENTLY shop_order"), atomic=False),
    # These do.
    # Django writes `ALTER COLUMN … TYPE`, too, with the type that the column has.
    case("comment-column", 'migrations.AlterField("order", "number", models.IntegerField(db_comment="Number"))'),
    case("add-index", 'migrations.AddIndex("order", models.Index(fields=["number"], name="order_n"))'),
    case("add-unique", 'migrations.AddConstraint("order", models.UniqueConstraint(fields=["id", "number"], name="u"))'),
    case("unique-field", 'migrations.AlterField("order", "number", models.IntegerField(unique=True))'),
    case("add-check", 'migrations.AddConstraint("order", models.CheckConstraint(CHECK=models.Q(buyer__gt=0), name="c"))'),
    case("add-check-not-valid",
         'postgres.AddConstraintNotValid("order", models.CheckConstraint(CHECK=models.Q(buyer__gt=0), name="c"))'),
    case("add-exclusion",
         'migrations.AddConstraint("order", ExclusionConstraint(name="x", index_type="spgist",'
         ' expressions=[(functions.Cast("note", models.TextField()), "=")], condition=models.Q(note__isnull=False)))'),
    case("add-field", 'migrations.AddField("order", "c", models.IntegerField(null=True))'),
    case("add-field-default", 'migrations.AddField("order", "c", models.IntegerField(default=1))'),
    case("add-field-volatile", 'migrations.AddField("order", "c", models.FloatField(db_default=functions.Random()))'),
    case("add-foreign-key", 'migrations.AddField("order", "c", models.ForeignKey("shop.Customer", models.CASCADE, null=True))'),
    case("add-key-by-sql", sql(KEY_NOT_VALID)),
    case("create-model-with-key",
         'migrations.CreateModel("Fresh", [("id", models.BigAutoField(primary_key=True)),'
         ' ("c", models.ForeignKey("shop.Customer", models.CASCADE))])'),
    case("remove-field", 'migrations.RemoveField("order", "spare")'),
    case("remove-foreign-key", 'migrations.RemoveField("order", "customer")'),
    case("remove-index", 'migrations.RemoveIndex("order", "order_spare")'),
    case("remove-check", 'migrations.RemoveConstraint("order", "order_number")'),
    case("rename-field", 'migrations.RenameField("order", "spare", "other")'),
    case("set-not-null", 'migrations.AlterField("order", "note", models.CharField(max_length=50, default="x"))'),
    case("drop-not-null", 'migrations.AlterField("order", "number", models.IntegerField(null=True))'),
    case("longer", 'migrations.AlterField("order", "note", models.CharField(max_length=80, null=True))'),
    case("wider", 'migrations.AlterField("order", "number", models.BigIntegerField())'),
    case("delete-model", 'migrations.DeleteModel("Order")'),
    case("truncate", sql("TRUNCATE shop_order")),
    case("lock", sql("LOCK TABLE shop_order IN SHARE MODE")),
    case("create-trigger",
         sql("CREATE FUNCTION f() RETURNS trigger AS 'BEGIN RETURN NEW; END' LANGUAGE plpgsql;"
             " CREATE TRIGGER g BEFORE INSERT ON shop_order FOR EACH ROW EXECUTE FUNCTION f()")),
    case("reindex", sql("REINDEX TABLE shop_order")),
]
