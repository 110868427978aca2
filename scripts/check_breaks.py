#!/usr/bin/env python3
"""Holds what rules say of the previous release, and of rows, against what PostgreSQL, MariaDB and SQLite do.

    check_breaks.py --migcheck BINARY [--django 5.2] [--only CASE ...] [--check]

Each case is an operation on a table with rows, and statements of the previous release. On each database real Django
migrates them: the migration works or fails on rows, and the statements, which worked before it, work or fail after it.
migcheck must have a finding of one of the case's rules where one of the two fails, and none where both work; what it
says is asked with the dialect of each database. The answers are written to breaks.json, or with --check held against it.
Exit status 1 where they part. Needs servers as check_snippets.py does.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

from check_snippets import environment, migration, write_project
from snippet_cases import BEFORE, DEFAULTED, INDEXED_FIELD, LINKED, REQUIRED, WITH_KEY

HERE = pathlib.Path(__file__).resolve().parent
RECORD = HERE / "breaks.json"
DATABASES = {"postgresql": "postgresql:15", "mariadb": "mariadb:10.11", "sqlite": "sqlite"}
INSERT = "INSERT INTO shop_order (code, size) VALUES ('x', 9)"
INSERT_KEY = "INSERT INTO shop_order (code, size, customer_id) VALUES ('x', 9, 1)"
NULLS = BEFORE.replace("    ]\n", """        migrations.RunSQL("INSERT INTO shop_order (code, size) VALUES ('n', NULL)", ""),
    ]
""")
# Of the rules named, one must fire where the database shows harm, and none where it shows none.
CASES = [
    ("add-nullable", ["add-not-null-field"], BEFORE, 'migrations.AddField("order", "x", models.IntegerField(null=True)),', [INSERT]),
    ("add-required", ["add-not-null-field"], BEFORE, 'migrations.AddField("order", "x", models.IntegerField(default=1)),', [INSERT]),
    ("add-required-text", ["add-not-null-field"], BEFORE,
     'migrations.AddField("order", "x", models.CharField(max_length=5, blank=True, default="")),', [INSERT]),
    ("add-with-database-default", ["add-not-null-field"], BEFORE,
     'migrations.AddField("order", "x", models.IntegerField(db_default=1)),', [INSERT]),
    ("add-many-to-many", ["add-not-null-field"], BEFORE,
     'migrations.AddField("order", "x", models.ManyToManyField("shop.Customer")),', [INSERT]),
    ("add-unique-default", ["unique-callable-default"], BEFORE,
     'migrations.AddField("order", "x", models.IntegerField(default=1, null=True, unique=True)),', [INSERT]),
    ("set-not-null", ["set-not-null"], BEFORE, 'migrations.AlterField("order", "size", models.IntegerField(default=1)),',
     ["INSERT INTO shop_order (code) VALUES ('x')"]),
    ("set-not-null-over-nulls", ["set-not-null"], NULLS, 'migrations.AlterField("order", "size", models.IntegerField()),', [INSERT]),
    ("drop-not-null", ["set-not-null"], REQUIRED, 'migrations.AlterField("order", "size", models.IntegerField(null=True)),', [INSERT]),
    ("remove-default", ["remove-default"], DEFAULTED, 'migrations.AlterField("order", "size", models.IntegerField()),',
     ["INSERT INTO shop_order (code) VALUES ('x')"]),
    ("remove-field", ["remove-field"], BEFORE, 'migrations.RemoveField("order", "size"),', ["SELECT size FROM shop_order"]),
    ("remove-many-to-many", ["remove-field"], LINKED, 'migrations.RemoveField("order", "friends"),',
     ["SELECT count(*) FROM shop_order_friends"]),
    ("delete-model", ["delete-model"], BEFORE, 'migrations.DeleteModel("Order"),', ["SELECT size FROM shop_order"]),
    ("rename-field", ["rename-field"], BEFORE, 'migrations.RenameField("order", "size", "weight"),', ["SELECT size FROM shop_order"]),
    ("rename-field-case", ["rename-field"], BEFORE, 'migrations.RenameField("order", "size", "Size"),', ["SELECT size FROM shop_order"]),
    ("rename-model", ["rename-model"], BEFORE, 'migrations.RenameModel("Order", "Purchase"),', ["SELECT size FROM shop_order"]),
    ("rename-case", ["rename-model", "invalid-operation"], BEFORE, 'migrations.RenameModel("Order", "ORDER"),', ["SELECT size FROM shop_order"]),
    ("rename-table", ["alter-model-table"], BEFORE, 'migrations.AlterModelTable("order", "orders"),', ["SELECT size FROM shop_order"]),
    ("rename-table-to-its-name", ["alter-model-table"], BEFORE, 'migrations.AlterModelTable("order", "shop_order"),',
     ["SELECT size FROM shop_order"]),
    ("rename-table-case", ["alter-model-table"], BEFORE, 'migrations.AlterModelTable("order", "Shop_Order"),',
     ["SELECT size FROM shop_order"]),
    ("shorter-text", ["narrow-field"], BEFORE, 'migrations.AlterField("order", "code", models.CharField(max_length=10, null=True)),',
     ["INSERT INTO shop_order (code) VALUES ('0123456789012345')"]),
    ("longer-text", ["narrow-field", "change-field-type"], BEFORE,
     'migrations.AlterField("order", "code", models.CharField(max_length=30, null=True)),', [INSERT]),
    ("text-without-length", ["narrow-field", "change-field-type"], BEFORE,
     'migrations.AlterField("order", "code", models.TextField(null=True)),', [INSERT]),
    ("smaller-number", ["narrow-field"], BEFORE, 'migrations.AlterField("order", "size", models.SmallIntegerField(null=True)),',
     ["INSERT INTO shop_order (size) VALUES (70000)"]),
    ("bigger-number", ["narrow-field"], BEFORE, 'migrations.AlterField("order", "size", models.BigIntegerField(null=True)),', [INSERT]),
    ("positive-number", ["narrow-field"], BEFORE, 'migrations.AlterField("order", "size", models.PositiveIntegerField(null=True)),',
     ["INSERT INTO shop_order (size) VALUES (-1)"]),
    ("text-to-number", ["change-field-type"], BEFORE, 'migrations.AlterField("order", "code", models.IntegerField(null=True)),', [INSERT]),
    ("number-to-text", ["change-field-type"], BEFORE, 'migrations.AlterField("order", "size", models.CharField(max_length=20, null=True)),',
     ["SELECT size + 1 FROM shop_order", "SELECT count(*) FROM shop_order WHERE size = 5"]),
    ("text-to-date", ["change-field-type"], BEFORE, 'migrations.AlterField("order", "code", models.DateField(null=True)),', [INSERT]),
    ("make-unique", ["add-unique"], BEFORE, 'migrations.AlterField("order", "code", models.CharField(max_length=20, null=True, unique=True)),',
     ["INSERT INTO shop_order (code) VALUES ('c1')"]),
    ("unique-together", ["add-unique"], BEFORE, 'migrations.AlterUniqueTogether("order", {("code", "size")}),',
     ["INSERT INTO shop_order (code, size) VALUES ('c1', 1)"]),
    ("unique-constraint", ["add-unique"], BEFORE,
     'migrations.AddConstraint("order", models.UniqueConstraint(fields=["code"], name="u")),',
     ["INSERT INTO shop_order (code) VALUES ('c1')"]),
    ("unique-constraint-with-condition", ["add-unique"], BEFORE,
     'migrations.AddConstraint("order", models.UniqueConstraint(fields=["code"], condition=models.Q(size__lt=5), name="u")),',
     ["INSERT INTO shop_order (code, size) VALUES ('c1', 1)"]),
    ("unique-constraint-on-expression", ["add-unique"], BEFORE,
     'migrations.AddConstraint("order", models.UniqueConstraint(models.functions.Lower("code"), name="u")),',
     ["INSERT INTO shop_order (code, size) VALUES ('c1', 1)"]),
    ("unique-constraint-with-include", ["add-unique"], BEFORE,
     'migrations.AddConstraint("order", models.UniqueConstraint(fields=["code"], include=["size"], name="u")),',
     ["INSERT INTO shop_order (code, size) VALUES ('c1', 1)"]),
    ("unique-constraint-nulls", ["add-unique"], BEFORE,
     'migrations.AddConstraint("order", models.UniqueConstraint(fields=["code"], nulls_distinct=False, name="u")),',
     ["INSERT INTO shop_order (code, size) VALUES ('c1', 1)"]),
    ("unique-constraint-deferrable", ["add-unique"], BEFORE,
     'migrations.AddConstraint("order", models.UniqueConstraint(fields=["code"], deferrable=models.Deferrable.DEFERRED, name="u")),',
     ["INSERT INTO shop_order (code, size) VALUES ('c1', 1)"]),
    ("add-check", ["add-check"], BEFORE,
     'migrations.AddConstraint("order", models.CheckConstraint(condition=models.Q(size__gte=0), name="c")),',
     ["INSERT INTO shop_order (size) VALUES (-1)"]),
    ("drop-index", ["remove-field"], INDEXED_FIELD, 'migrations.AlterField("order", "size", models.IntegerField()),', [INSERT]),
    ("key-becomes-nullable", ["set-not-null", "change-field-type"], WITH_KEY,
     'migrations.AlterField("order", "customer", models.ForeignKey("shop.Customer", models.CASCADE, null=True)),', [INSERT_KEY]),
    ("key-to-many-to-many", ["change-many-to-many"], WITH_KEY,
     'migrations.AlterField("order", "customer", models.ManyToManyField("shop.Customer")),', [INSERT_KEY]),
    ("key-type", ["change-primary-key"], BEFORE.replace("models.BigAutoField", "models.AutoField"),
     'migrations.AlterField("order", "id", models.BigAutoField(primary_key=True)),', None),
]
# What harms without a statement that fails.
UNSEEN = {
    ("text-to-number", "sqlite"): "what cannot be converted stays as it is: the new release reads text where it expects a number",
    ("number-to-text", "mariadb"): "the previous release reads text where it expects a number",
    ("number-to-text", "sqlite"): "the previous release reads text where it expects a number",
    ("text-to-date", "sqlite"): "what cannot be converted stays as it is: the new release cannot read it",
}
RUNNER = """
import json, os, sys
sys.path.insert(0, os.getcwd()); sys.path.insert(0, sys.argv[1])
import snippet_database
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
import django
django.setup()
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

def works(statements):
    for sql in statements:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
                if cursor.description:
                    cursor.fetchall()
                # What waits for the end of the transaction.
                connection.check_constraints()
                transaction.set_rollback(True)
        except DatabaseError as error:
            return False
    return True

statements = json.loads(sys.argv[2])
call_command("migrate", "shop", "0001", verbosity=0)
with connection.cursor() as cursor:
    columns = [column.name for column in connection.introspection.get_table_description(cursor, "shop_order")]
    columns = [name for name in ("code", "size", "customer_id") if name in columns]
    cursor.execute("INSERT INTO shop_customer (code) VALUES ('c')")
    for row in range(1, 20):
        values = [f"c{row}" if name == "code" else row if name == "size" else 1 for name in columns]
        cursor.execute(f"INSERT INTO shop_order ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})", values)
before = works(statements)
try:
    call_command("migrate", "shop", verbosity=0)
except Exception as error:
    print(json.dumps({"before": before, "after": "the migration fails"}))
else:
    print(json.dumps({"before": before, "after": "works" if works(statements) else "the previous release fails"}))
"""


def real(case, vendor, python, folder):
    """What a database does."""
    name, _, before, operation, statements = case
    database = {
        "postgresql": {"ENGINE": "django.db.backends.postgresql", "HOST": "127.0.0.1", "USER": "postgres", "NAME": "migcheck_breaks"},
        "mariadb": {"ENGINE": "django.db.backends.mysql", "HOST": "127.0.0.1", "USER": "root", "NAME": "migcheck_breaks"},
        "sqlite": {"ENGINE": "django.db.backends.sqlite3", "NAME": str(folder / "db.sqlite3")},
    }[vendor]
    subprocess.run([python, HERE / "snippet_database.py", json.dumps({"only": database}), "reset"], check=True, capture_output=True)
    root = folder / vendor
    first = ("0001_initial", before)
    write_project(root, database, [first, ("0002_change", migration(operation, "0001_initial"))], {})
    done = subprocess.run([python, "-c", RUNNER, HERE, json.dumps(statements or [])], cwd=root, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip().splitlines()[-1])
    answer = json.loads(done.stdout.splitlines()[-1])
    if not answer["before"]:
        raise RuntimeError("the statements do not work before it either")
    return root, answer["after"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--migcheck", type=pathlib.Path, required=True)
    parser.add_argument("--django", default="5.2")
    parser.add_argument("--only", nargs="+", metavar="CASE")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--cache", type=pathlib.Path, default=pathlib.Path.home() / ".cache" / "migcheck-measure")
    arguments = parser.parse_args()
    python = environment(arguments.cache, arguments.django)
    found, parted = [], 0
    for case in CASES:
        name, rules = case[:2]
        if arguments.only and name not in arguments.only:
            continue
        for vendor, dialect in DATABASES.items():
            with tempfile.TemporaryDirectory() as folder:
                root, after = real(case, vendor, python, pathlib.Path(folder))
                asked = [arguments.migcheck.resolve(), "check", "--format", "json", "--quiet", "--dialect", dialect]
                asked += [part for rule in rules for part in ("--select", rule)]
                answer = json.loads(subprocess.run([*asked, root], capture_output=True, text=True).stdout)
            fired = sorted({finding["rule"] for finding in answer["findings"]})
            unseen = UNSEEN.get((name, vendor)) or (case[4] is None and "values are looked at by no statement of the case")
            agrees = bool(fired) == (after != "works") or bool(unseen)
            parted += not agrees
            print(f"{name:34} {vendor:12} {after:28} {', '.join(fired) or '-'}{'' if agrees else '   <<<'}", flush=True)
            found.append({"case": name, "on": dialect, "after": after, "fires": fired, **({"unseen": unseen} if unseen else {})})
    print(f"{len(found)} answers, {parted} part")
    if not arguments.only:
        text = json.dumps(found, indent=1) + "\n"
        if arguments.check and RECORD.read_text() != text:
            print(f"{RECORD.name} says otherwise")
            return 1
        if not arguments.check and not parted:
            RECORD.write_text(text)
    return 1 if parted else 0


if __name__ == "__main__":
    sys.exit(main())
