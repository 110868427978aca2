"""Migrates a busy database with real Django, and notes who waits."""

import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

import psycopg

from .blocking import CASES, MIGRATION, MODELS

DATABASE = "migcheck_blocking"
TABLES = {"shop_customer": "name", "shop_order": "note"}
# How often somebody must get through before it counts as not blocked, and how long it may wait.
THROUGH, LOCK_TIMEOUT = 5, "300ms"


class Visitor(threading.Thread):
    """Reads or writes without pause, each time in a transaction of its own."""

    def __init__(self, dsn, table, writes):
        super().__init__(daemon=True)
        self.table, self.writes = table, writes
        self.db = psycopg.connect(dsn, autocommit=True, options=f"-c lock_timeout={LOCK_TIMEOUT}")
        column = TABLES[table]
        self.statement = (f"UPDATE {table} SET {column} = {column} WHERE id = 1" if writes
                          else f"SELECT count(*) FROM (SELECT id FROM {table} WHERE id < 50) s")
        self.through = self.timed_out = 0
        self.watched = self.ended = False

    def run(self):
        while not self.ended:
            watched = self.watched
            try:
                self.db.execute(self.statement)
                self.through += watched
            except psycopg.errors.LockNotAvailable:
                self.timed_out += watched
            except psycopg.errors.UndefinedTable:
                pass
            time.sleep(0.002)
        self.db.close()

    def is_clear(self):
        return self.timed_out > 0 or self.through >= THROUGH


def watch(visitors):
    """What waits on each table, seen from now on, while somebody holds what there is to hold."""
    for visitor in visitors:
        visitor.through = visitor.timed_out = 0
        visitor.watched = True
    while not all(visitor.is_clear() for visitor in visitors):
        time.sleep(0.005)
    seen = {}
    for table in TABLES:
        blocked = {visitor.writes for visitor in visitors if visitor.table == table and visitor.timed_out}
        seen[table] = "reads" if False in blocked else "writes" if True in blocked else "none"
    for visitor in visitors:
        visitor.watched = False
    return seen


def configure(dsn, folder):
    import django
    from django.conf import settings

    info = psycopg.conninfo.conninfo_to_dict(dsn)
    database = {"ENGINE": "django.db.backends.postgresql", "NAME": DATABASE, "HOST": info.get("host", ""),
                "PORT": info.get("port", ""), "USER": info.get("user", ""), "PASSWORD": info.get("password", "")}
    app = pathlib.Path(folder) / "shop"
    (app / "migrations").mkdir(parents=True)
    for package in (app, app / "migrations"):
        (package / "__init__.py").touch()
    sys.path.insert(0, folder)
    settings.configure(DATABASES={"default": database}, INSTALLED_APPS=["shop"], USE_TZ=True,
                       DEFAULT_AUTO_FIELD="django.db.models.BigAutoField")
    django.setup()
    return app / "migrations"


def write_migrations(folder, case):
    """Fresh files; Django's own check keyword was `check` before 5.1."""
    import importlib

    import django

    keyword = "condition" if django.VERSION >= (5, 1) else "check"
    for name, text in (("0001_initial", MODELS), ("0002_change", MIGRATION.format(**case))):
        (folder / f"{name}.py").write_text(text.replace("CHECK=", f"{keyword}="))
        sys.modules.pop(f"shop.migrations.{name}", None)
    importlib.invalidate_caches()


def fresh(db, folder, case):
    from django.core.management import call_command
    from django.db import connection

    connection.close()
    db.execute("DROP SCHEMA public CASCADE")
    db.execute("CREATE SCHEMA public")
    write_migrations(folder, case)
    call_command("migrate", "shop", "0001", verbosity=0)
    connection.close()
    db.execute("INSERT INTO shop_customer (name) SELECT 'x' FROM generate_series(1, 1000)")
    db.execute("INSERT INTO shop_order (customer_id, buyer, number, note)"
               " SELECT i, i, i, CASE WHEN i % 2 = 0 THEN 'x' || i END FROM generate_series(1, 1000) i")
    db.execute("UPDATE shop_order SET note = 'y' || id WHERE note IS NULL")
    for statement in case["before"]:
        db.execute(statement)
    db.execute("ANALYZE")


def knowledge(db):
    """What the database knows and the SQL does not say."""
    columns = db.execute("SELECT attrelid::regclass || '.' || attname, format_type(atttypid, atttypmod) FROM pg_attribute"
                         " WHERE attrelid::regclass::text LIKE 'shop_%' AND attnum > 0").fetchall()
    indexes = db.execute("SELECT indexname, tablename FROM pg_indexes WHERE schemaname = 'public'").fetchall()
    constraints = db.execute("SELECT conname, contype::text, conrelid::regclass::text, nullif(confrelid, 0)::regclass::text"
                             " FROM pg_constraint WHERE connamespace = 'public'::regnamespace").fetchall()
    keys = {}
    for _, letter, table, other in constraints:
        if letter == "f":
            keys.setdefault(table, []).append(other)
    return {"types": dict(columns), "indexes": dict(indexes), "foreign_keys": keys,
            "constraints": {name: [letter, other] for name, letter, _, other in constraints}}


def migrate(sent):
    """Django's own command; what it sends is noted, values put in as the driver does."""
    from django.core.management import call_command
    from django.db import connection

    def note(execute, statement, params, many, context):
        sent.append(str(statement) if not params else context["cursor"].mogrify(statement, params)
                    if hasattr(context["cursor"], "mogrify") else str(statement))
        return execute(statement, params, many, context)

    with connection.execute_wrapper(note):
        call_command("migrate", "shop", "0002", verbosity=0)


def hold(visitors, sent):
    """An atomic migration within a transaction that stays open: its locks are held meanwhile."""
    from django.db import transaction

    with transaction.atomic():
        migrate(sent)
        return watch(visitors)


def hold_concurrent(dsn, db, visitors, sent):
    """A migration without transaction: it is made to wait for a slow writer while it holds its lock."""
    from django.db import connection

    failed = []

    def work():
        try:
            migrate(sent)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    with psycopg.connect(dsn, dbname=DATABASE) as slow:
        slow.execute("UPDATE shop_order SET spare = 1 WHERE id = 900")
        thread = threading.Thread(target=work)
        thread.start()
        waiting = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ILIKE '%concurrently%'"
        while thread.is_alive() and not db.execute(waiting).fetchone():
            time.sleep(0.01)
        seen = watch(visitors)
        slow.rollback()
        thread.join()
    if failed:
        raise failed[0]
    return seen


def expected(program, version, known, sent):
    asked = known | {"dialect": f"postgresql:{version}", "sql": sent}
    answer = subprocess.run([program], input=json.dumps(asked), capture_output=True, text=True, check=True)
    told = json.loads(answer.stdout)
    return {table: told["tables"].get(table, "none") for table in TABLES}, told["statements"]


def run(dsn, program, only):
    results = []
    with psycopg.connect(dsn, autocommit=True) as server:
        server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        server.execute(f"CREATE DATABASE {DATABASE}")
        version = int(server.execute("SHOW server_version_num").fetchone()[0]) // 10000
        try:
            with tempfile.TemporaryDirectory() as folder, psycopg.connect(dsn, dbname=DATABASE, autocommit=True) as db:
                migrations = configure(dsn, folder)
                for case in CASES:
                    if not only or case["name"] in only:
                        results.append(one(dsn, db, migrations, case, program, version))
        finally:
            server.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
    return results


def one(dsn, db, migrations, case, program, version):
    from django.db import connection

    fresh(db, migrations, case)
    known, sent = knowledge(db), []
    target = psycopg.conninfo.make_conninfo(dsn, dbname=DATABASE)
    visitors = [Visitor(target, table, writes) for table in TABLES for writes in (False, True)]
    for visitor in visitors:
        visitor.start()
    try:
        seen = hold(visitors, sent) if case["atomic"] else hold_concurrent(dsn, db, visitors, sent)
    finally:
        for visitor in visitors:
            visitor.ended = True
        for visitor in visitors:
            visitor.join()
        connection.close()
    facts, statements = expected(program, version, known, sent)
    told = [statement for statement in statements if statement.get("table") in TABLES or statement.get("unread")
            or set(statement.get("referenced", [])) & set(TABLES)]
    return {"name": case["name"], "seen": seen, "expected": facts, "statements": told}
