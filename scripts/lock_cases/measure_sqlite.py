"""Runs the cases of `sqlite.py` and reads what they lock, write and scan.

What is written is counted in pages (a statement that writes as many as the table has writes it
anew), what is read in steps of SQLite's virtual machine (a scan takes more of them the more rows
there are)."""

import pathlib
import sqlite3
import tempfile

from .sqlite import CASES, FILL, SCHEMA

FEW, MANY = 200, 2000


def opened(path, before, rows):
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path, isolation_level=None, timeout=0)
    db.execute("PRAGMA foreign_keys = ON")
    db.executescript(SCHEMA + FILL.format(rows=rows))
    for statement in before:
        db.execute(statement)
    return db


def steps(path, case, rows):
    """How many steps of the virtual machine the statement takes."""
    db = opened(path, case["before"], rows)
    count = [0]

    def step():
        count[0] += 1

    db.set_progress_handler(step, 1)
    db.execute(case["statement"]).fetchall()
    db.close()
    return count[0]


def pages(path, case, rows):
    """How many pages the statement writes, and how many it leaves of the file."""
    db = opened(path, case["before"], rows)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    log = pathlib.Path(f"{path}-wal")
    db.execute(case["statement"]).fetchall()
    size = db.execute("PRAGMA page_size").fetchone()[0]
    written = log.stat().st_size // size if log.exists() else 0
    db.close()
    for rest in (log, pathlib.Path(f"{path}-shm")):
        rest.unlink(missing_ok=True)
    return written


def may(path, statement):
    other = sqlite3.connect(path, isolation_level=None, timeout=0)
    try:
        other.execute(statement).fetchall()
        return True
    except sqlite3.OperationalError:
        return False
    finally:
        other.close()


def lock(path, case):
    """What others may still do, while the transaction is open."""
    db = opened(path, case["before"], FEW)
    db.execute("BEGIN")
    try:
        db.execute(case["statement"]).fetchall()
    except sqlite3.OperationalError as error:
        if "within a transaction" not in str(error):
            raise
        return {"database": "RESERVED"}, False
    reads, writes = may(path, "SELECT count(*) FROM other"), may(path, "BEGIN IMMEDIATE")
    db.execute("ROLLBACK")
    db.close()
    return {} if writes else {"database": "RESERVED" if reads else "EXCLUSIVE"}, True


def measure_case(path, case):
    record = {"statement": case["statement"]} | ({"before": case["before"]} if case["before"] else {})
    try:
        held, transactional = lock(path, case)
    except sqlite3.OperationalError as error:
        return record | {"refused": str(error)}
    more = steps(path, case, MANY) - steps(path, case, FEW)
    written = pages(path, case, MANY) - pages(path, case, FEW)
    builds = "INDEX" in case["statement"] and "DROP" not in case["statement"] or case["statement"] == "VACUUM"
    ddl = case["statement"].split()[0] in ("ALTER", "VACUUM")
    return record | {"locks": held, "rewrites": ddl and written > 10, "builds_index": builds,
                     "scans": [role_read(case)] if more > MANY - FEW else [], "transactional": transactional}


def role_read(case):
    return "referenced" if "FROM other" in case["statement"] else "target"


def measure(_, tell):
    rows, failures = {}, []
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "measured.sqlite3"
        for case in CASES:
            tell(case["row"])
            try:
                rows[case["row"]] = measure_case(path, case)
            except sqlite3.Error as error:
                failures.append(f"{case['row']}: {case['statement']}: {error}")
    version = ".".join(sqlite3.sqlite_version.split(".")[:2])
    return {"server": "sqlite", "version": version, "rows": rows}, failures
