"""The inside of check_snippets.py: makes databases, migrates one step by step, and tells what it saw.

A statement counts as blocking if the session holds, when it is done, a lock that writes wait for on
a table of the project, and has read all its rows or written it anew under it. What runs outside a
transaction is put into one of its own for that; CONCURRENTLY, which allows none, is not looked at.
"""

import json
import os
import re
import sys

import psycopg

WAITS = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")
ROWS = 2000


def reset(databases):
    for database in databases.values():
        with psycopg.connect(host=database["HOST"], user=database["USER"], dbname="postgres", autocommit=True) as db:
            db.execute(f'DROP DATABASE IF EXISTS {database["NAME"]} WITH (FORCE)')
            db.execute(f'CREATE DATABASE {database["NAME"]}')


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
        self.connection, self.blocked, self.busy = connection, [], False

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


def described(value):
    """A value's text without where in memory its functions lie."""
    return re.sub(r" at 0x[0-9a-f]+", "", repr(value))


def migrate():
    sys.path.insert(0, os.getcwd())
    os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
    import django
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    django.setup()
    call_command("migrate", "shop", "0001", verbosity=0)
    with connection.cursor() as cursor:
        for table in ("shop_customer", "shop_order"):
            more = ", customer_id" if table == "shop_order" else ""
            value = ", g" if more else ""
            cursor.execute(f"INSERT INTO {table} (code, size{more}) SELECT 'c' || g, g{value} FROM generate_series(1, {ROWS}) g")
    watch = Watch(connection)
    with connection.execute_wrapper(watch):
        call_command("migrate", "shop", verbosity=0)
    state = MigrationLoader(connection).project_state()
    models = {
        "%s.%s" % key: [
            [name, *map(described, field.deconstruct()[1:])] for name, field in sorted(model.fields.items())
        ] + [repr(sorted((k, repr(v)) for k, v in model.options.items()))]
        for key, model in sorted(state.models.items())
    }
    schema = {}
    with connection.cursor() as cursor:
        for what, sql in SCHEMA.items():
            cursor.execute(sql)
            schema[what] = cursor.fetchall()
    print(json.dumps({"state": models, "schema": schema, "blocked": sorted(watch.blocked)}, default=str))


if __name__ == "__main__":
    if sys.argv[2] == "reset":
        reset(json.loads(sys.argv[1]))
    else:
        migrate()
