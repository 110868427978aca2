"""Runs the cases of `postgresql.py` on a server and reads what they lock, write and scan."""

import threading
import time

import psycopg

from .postgresql import CASES, ROWS, SCHEMA, TABLESPACE, TYPE_CHANGES

DATABASE = "migcheck_measure"
MODES = ["ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE",
         "EXCLUSIVE", "ACCESS EXCLUSIVE"]
MODE_OF = {mode.title().replace(" ", "") + "Lock": mode for mode in MODES}


def connect(dsn, autocommit=True):
    return psycopg.connect(dsn, dbname=DATABASE, autocommit=autocommit, options="-c timezone=UTC")


def fresh(db, before):
    db.execute("DROP SCHEMA IF EXISTS public, elsewhere CASCADE")
    db.execute("CREATE SCHEMA public")
    db.execute(SCHEMA % {"rows": ROWS})
    for statement in before:
        db.execute(statement)


def oids(db, roles):
    """The tables by their role, as far as they exist; names change, oids don't."""
    found = {role: db.execute("SELECT to_regclass(%s)::oid", [name]).fetchone()[0] for role, name in roles.items()}
    return {role: int(oid) for role, oid in found.items() if oid}


def files(db, tables):
    """The file of each table, and the files of all indexes."""
    rows = db.execute("SELECT oid::int8, relfilenode::int8, relkind::text FROM pg_class"
                      " WHERE relnamespace IN ('public'::regnamespace::oid, coalesce(to_regnamespace('elsewhere')::oid, 0))").fetchall()
    heap = {oid: node for oid, node, kind in rows if kind in "rm"}
    return {role: heap.get(oid) for role, oid in tables.items()}, {node for _, node, kind in rows if kind == "i"}


def reads(db, tables, view):
    """How many rows of each table were read so far."""
    rows = db.execute(f"SELECT relid::int8, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) FROM {view}").fetchall()
    counts = dict(rows)
    return {role: int(counts.get(oid, 0)) for role, oid in tables.items()}


def locks(db, pid, tables):
    """The strongest mode on each table, held or asked for."""
    rows = db.execute("SELECT relation::int8, mode FROM pg_locks WHERE locktype = 'relation' AND pid = %s", [pid]).fetchall()
    answer = {}
    for role, oid in sorted(tables.items()):
        modes = [MODES.index(MODE_OF[mode]) for relation, mode in rows if relation == oid]
        if modes:
            answer[role] = MODES[max(modes)]
    return answer


def answer(case, before, after, held, scanned, transactional):
    (heap_before, index_before), (heap_after, index_after) = before, after
    changed = heap_before.get("target") is not None and heap_before["target"] != heap_after.get("target")
    record = {"statement": case["statement"], "locks": held,
              "rewrites": bool(changed and case["rows_after"] and heap_after.get("target") is not None),
              "scans": sorted(role for role in scanned if role not in ("index",)),
              "builds_index": bool(index_after - index_before) and case["rows_after"] and before[0].get("target") is not None,
              "transactional": transactional}
    if case["before"]:
        record = {"before": case["before"]} | record
    return record


def in_transaction(dsn, case):
    with connect(dsn) as db:
        fresh(db, case["before"])
        tables = oids(db, case["roles"])
        before = files(db, tables)
        db.autocommit = False
        counts = reads(db, tables, "pg_stat_xact_all_tables")
        db.execute(case["statement"])
        # A table made by the statement; those that are renamed or dropped keep what was found before.
        tables = oids(db, case["roles"]) | tables
        held = locks(db, db.info.backend_pid, tables)
        now = reads(db, tables, "pg_stat_xact_all_tables")
        scanned = [role for role in counts if now[role] >= counts[role] + ROWS]
        after = files(db, tables)
        db.rollback()
        return answer(case, before, after, held, scanned, True)


def beside(dsn, case):
    """What runs in no transaction: another session's lock makes it wait, so that its own can be read."""
    with connect(dsn) as db, connect(dsn, autocommit=False) as other, connect(dsn) as worker:
        fresh(db, case["before"])
        tables = oids(db, case["roles"])
        before = files(db, tables)
        db.execute("SELECT pg_stat_force_next_flush()")
        counts = reads(db, tables, "pg_stat_all_tables")
        other.execute(f"LOCK TABLE {case['roles']['target']} IN {case['blocker']} MODE")
        pid = worker.info.backend_pid
        failed = []

        def run():
            try:
                worker.execute(case["statement"])
                worker.execute("SELECT pg_stat_force_next_flush()")
            except psycopg.Error as error:
                failed.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        held = {}
        for _ in range(1000):
            if db.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event_type = 'Lock'", [pid]).fetchone():
                held = locks(db, pid, tables)
                break
            time.sleep(0.01)
        other.rollback()
        thread.join()
        if failed:
            raise failed[0]
        now = reads(db, tables, "pg_stat_all_tables")
        return answer(case, before, files(db, tables), held, [role for role in tables if now[role] >= counts[role] + ROWS], False)


def type_change(dsn, old, new):
    with connect(dsn) as db:
        fresh(db, ["CREATE EXTENSION citext"])
        plain = old.split(" COLLATE")[0]
        db.execute(f"CREATE TABLE typed (id int, c {plain})")
        db.execute("INSERT INTO typed (id) SELECT i FROM generate_series(1, %s) i" % ROWS)
        indexed = not {plain, new} & {"json", "xml"}
        if indexed:
            db.execute("CREATE INDEX ti ON typed (c)")
        tables = oids(db, {"target": "typed"})
        before = files(db, tables)
        cast = "" if " COLLATE" in new else f" USING c::{new}"
        db.autocommit = False
        count = reads(db, tables, "pg_stat_xact_all_tables")["target"]
        try:
            db.execute(f"ALTER TABLE typed ALTER COLUMN c TYPE {new}")
        except psycopg.errors.DatatypeMismatch:
            db.rollback()
            try:
                db.execute(f"ALTER TABLE typed ALTER COLUMN c TYPE {new}{cast}")
            except psycopg.errors.UndefinedObject:
                db.rollback()
                return {"from": old, "to": new, "refused": True}
        scanned = reads(db, tables, "pg_stat_xact_all_tables")["target"] >= count + ROWS
        after = files(db, tables)
        db.rollback()
        return {"from": old, "to": new, "rewrites": before[0] != after[0], "scans": scanned,
                "builds_index": bool(after[1] - before[1]) if indexed else None}


def measure(dsn, tell):
    with psycopg.connect(dsn, autocommit=True) as db:
        db.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        db.execute(f"CREATE DATABASE {DATABASE} TEMPLATE template0 LOCALE 'C' ENCODING 'UTF8'")
        # A tablespace below the server's own directory, so that it needs none of ours.
        db.execute("SET allow_in_place_tablespaces = on")
        db.execute(f"DROP TABLESPACE IF EXISTS {TABLESPACE}")
        db.execute(f"CREATE TABLESPACE {TABLESPACE} LOCATION ''")
        version = db.execute("SHOW server_version_num").fetchone()[0]
    rows, failures = {}, []
    try:
        for case in CASES:
            tell(case["row"])
            try:
                try:
                    rows[case["row"]] = in_transaction(dsn, case)
                except psycopg.errors.ActiveSqlTransaction:
                    rows[case["row"]] = beside(dsn, case)
            except psycopg.Error as error:
                failures.append(f"{case['row']}: {case['statement']}: {error}")
        types = [type_change(dsn, old, new) for old, new in TYPE_CHANGES]
    finally:
        with psycopg.connect(dsn, autocommit=True) as db:
            db.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            db.execute(f"DROP TABLESPACE IF EXISTS {TABLESPACE}")
    return {"server": "postgresql", "version": int(version) // 10000, "rows": rows, "type_changes": types}, failures
