"""The inside of check_snippets.py: makes databases, migrates one step by step, and tells what it saw.

A statement counts as blocking if the session holds, when it is done, a lock that writes wait for on
a table of the project, and has read all its rows or written it anew under it. What runs outside a
transaction is put into one of its own for that; CONCURRENTLY, which allows none, is not looked at.
Beside that each lock that writes wait for counts as held, however soon it is let go. On MariaDB and SQLite nothing is
watched: that the migrations run, and where they end, is what is compared.
"""

import json
import os
import re
import sys

import psycopg
import pymysql

# Django asks for a version of mysqlclient.
pymysql.version_info = (2, 2, 7, "final", 0)
pymysql.install_as_MySQLdb()

WAITS = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
ROWS = 2000


def reset(databases):
    for database in databases.values():
        if database["ENGINE"].endswith("postgresql"):
            name, server = database["NAME"], {"host": database["HOST"], "user": database["USER"], "autocommit": True}
            with psycopg.connect(dbname="postgres", **server) as db:
                if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                    db.execute(f"CREATE DATABASE {name}")
            # Sooner done than a new database.
            with psycopg.connect(dbname=name, **server) as db:
                db.execute("DROP SCHEMA public CASCADE")
                db.execute("CREATE SCHEMA public")
                db.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        elif database["ENGINE"].endswith("mysql"):
            with pymysql.connect(host=database["HOST"], user=database["USER"]) as db, db.cursor() as cursor:
                cursor.execute(f'DROP DATABASE IF EXISTS {database["NAME"]}')
                cursor.execute(f'CREATE DATABASE {database["NAME"]}')


SCANNED = "SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables"
FILES = "SELECT relname, relfilenode FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
LOCKS = """SELECT c.relname, l.mode FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
           WHERE l.pid = pg_backend_pid() AND l.granted AND c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"""
SCHEMA = {
    "columns": """SELECT table_name, column_name, data_type, is_nullable, character_maximum_length FROM information_schema.columns
                  WHERE table_schema = 'public' AND table_name LIKE 'shop%' ORDER BY 1, 2""",
    "constraints": """SELECT conrelid::regclass::text, pg_get_constraintdef(oid), convalidated FROM pg_constraint
                      WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text LIKE 'shop%' ORDER BY 1, 2""",
    "indexes": r"""SELECT tablename, regexp_replace(indexdef, 'INDEX \S+ ON', 'INDEX ON') FROM pg_indexes
                   WHERE schemaname = 'public' AND tablename LIKE 'shop%' ORDER BY 1, 2""",
}


class Watch:
    """Wraps Django's cursor: what each statement read and rewrote under which locks."""

    def __init__(self, connection):
        self.connection, self.blocked, self.held, self.busy = connection, [], [], False

    def __call__(self, execute, sql, params, many, context):
        if self.busy or "CONCURRENTLY" in sql.upper():
            return execute(sql, params, many, context)
        self.busy, alone = True, not self.connection.in_atomic_block
        try:
            if alone:
                self.connection.connection.execute("BEGIN")
            read, files = dict(self.ask(SCANNED)), dict(self.ask(FILES))
            result = execute(sql, params, many, context)
            read_after, files_after = dict(self.ask(SCANNED)), dict(self.ask(FILES))
            for table, mode in self.ask(LOCKS):
                worked = read_after.get(table, 0) - read.get(table, 0) >= ROWS or (
                    table in files and files_after.get(table) != files[table])
                if mode in WAITS and [table, mode] not in self.held:
                    self.held.append([table, mode])
                if mode in WAITS and worked and [table, mode] not in self.blocked:
                    self.blocked.append([table, mode])
            if alone:
                self.connection.connection.execute("COMMIT")
            return result
        finally:
            self.busy = False

    def ask(self, sql):
        with self.connection.connection.cursor() as cursor:
            return cursor.execute(sql).fetchall()


def shown(value):
    """Without the place in memory, which is another each time."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


def schema_of(connection):
    """Columns, constraints and indexes of the app's tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            found = {}
            for what, sql in SCHEMA.items():
                cursor.execute(sql)
                found[what] = cursor.fetchall()
            return found
        names = sorted(name for name in connection.introspection.table_names(cursor) if name.startswith("shop"))
        return {
            name: [
                sorted([column.name, column.type_code, column.null_ok] for column in connection.introspection.get_table_description(cursor, name)),
                sorted(
                    [one["columns"], one["unique"], one["index"], one["check"], one["foreign_key"]]
                    for one in connection.introspection.get_constraints(cursor, name).values()
                ),
            ]
            for name in names
        }


def asked(loader, code):
    """How many rows a query finds, on models as they are before the change."""
    lines = code.splitlines()
    space = {model.__name__: model for model in loader.project_state(("shop", "0001_initial")).apps.get_models()}
    exec("\n".join(line for line in lines if line.startswith(("from ", "import "))), space)
    return len(eval("\n".join(line for line in lines if not line.startswith(("from ", "import "))).strip(), space))


def failures_of_query(connection, loader, asks):
    """The query must find nothing in rows that fit, and what does not fit."""
    from django.db import transaction

    failures = []
    if asked(loader, asks["query"]):
        failures.append("the query finds rows that fit")
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(asks["violate"])
        if not asked(loader, asks["query"]):
            failures.append("the query does not find the row that does not fit")
        transaction.set_rollback(True)
    return failures


def failures_after(connection, asks):
    """What does not work when all is migrated, and should."""
    from django.core.management import call_command
    from django.db import DatabaseError, transaction
    from django.db.migrations.exceptions import IrreversibleError

    failures = []
    for sql in asks.get("works", ()):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
        except DatabaseError as error:
            failures.append(f"{sql}: {error}".strip())
    if asks.get("back"):
        try:
            call_command("migrate", "shop", "0001", verbosity=0)
        except IrreversibleError as error:
            failures.append(f"no way back: {error}")
    return failures


def migrate(asks):
    sys.path.insert(0, os.getcwd())
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    import django
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    django.setup()
    call_command("migrate", "shop", "0001", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM shop_customer")
        for table in ("shop_customer", "shop_order"):
            columns = [column.name for column in connection.introspection.get_table_description(cursor, table)]
            columns = [name for name in ("code", "size", "customer_id") if name in columns]
            rows = [[f"c{row}" if name == "code" else row for name in columns] for row in range(1, ROWS + 1)]
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)
        for sql in asks.get("left", ()):
            cursor.execute(sql)
    loader = MigrationLoader(connection)
    failures = failures_of_query(connection, loader, asks) if "query" in asks else []
    watch = Watch(connection)
    if connection.vendor == "postgresql":
        with connection.execute_wrapper(watch):
            call_command("migrate", "shop", verbosity=0)
    else:
        call_command("migrate", "shop", verbosity=0)
    state = MigrationLoader(connection).project_state()
    models = {
        "%s.%s" % key: [
            [name, *map(shown, field.deconstruct()[1:])] for name, field in sorted(model.fields.items())
        ] + [repr(sorted((k, repr(v)) for k, v in model.options.items()))]
        for key, model in sorted(state.models.items())
    }
    schema = schema_of(connection)
    failures += failures_after(connection, asks)
    print(json.dumps({"state": models, "schema": schema, "blocked": sorted(watch.blocked), "held": sorted(watch.held),
                      "failures": failures}, default=str))


if __name__ == "__main__":
    if sys.argv[2] == "reset":
        reset(json.loads(sys.argv[1]))
    else:
        migrate(json.loads(sys.argv[3]))
