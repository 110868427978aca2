"""Runs the cases of `mariadb.py` on a server and reads how it takes them."""

import pymysql

from .mariadb import CASES, ROWS, SCHEMA, TYPE_CHANGES

DATABASE = "migcheck_measure"
ALGORITHMS = ["INSTANT", "NOCOPY", "INPLACE", "COPY"]
LOCKS = ["NONE", "SHARED", "EXCLUSIVE"]
NOT_SUPPORTED = {1845, 1846}
TIMED_OUT = 1205
# The server itself looks into tables now and then (statistics, purge), so one refusal is not enough.
PATIENCE = (0, 2)


class Server:
    def __init__(self, address):
        host, port, user, password = address.split(":")
        self.address = {"host": host, "port": int(port), "user": user, "password": password}

    def connect(self, database=None):
        return pymysql.connect(**self.address, database=database, autocommit=True, charset="utf8mb4")


def run(db, statement):
    with db.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def fresh(db, before, schema=SCHEMA):
    run(db, f"DROP DATABASE IF EXISTS {DATABASE}")
    run(db, f"CREATE DATABASE {DATABASE} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
    run(db, f"USE {DATABASE}")
    for statement in [*schema, *before]:
        run(db, statement)


def ids(db, table):
    """InnoDB's number of the table, and those of its indexes: another number, another tree."""
    found = run(db, f"SELECT table_id FROM information_schema.innodb_sys_tables WHERE name = '{DATABASE}/{table}'")
    indexes = run(db, "SELECT index_id FROM information_schema.innodb_sys_indexes i JOIN information_schema.innodb_sys_tables t"
                      f" USING (table_id) WHERE t.name = '{DATABASE}/{table}'")
    return found, {row[0] for row in indexes}


def rows_read(db):
    return sum(int(value) for name, value in run(db, "SHOW SESSION STATUS LIKE 'Handler_read%'"))


def clauses(case, algorithm, lock):
    statement = case["probe"]
    if statement.startswith("ALTER TABLE"):
        return f"{statement}, ALGORITHM={algorithm}, LOCK={lock}"
    if "INDEX" in statement.split("(")[0]:
        return f"{statement} ALGORITHM={algorithm} LOCK={lock}"
    return None


def best(server, case):
    """The cheapest algorithm with the weakest lock that is not refused; `None` if none can be asked for."""
    if clauses(case, "COPY", "NONE") is None:
        return None, None, None
    # What is refused leaves the tables as they were, so one set of them does for all tries.
    with server.connect() as db:
        fresh(db, case["before"], case.get("schema", SCHEMA))
        for algorithm in ALGORITHMS:
            for lock in LOCKS:
                try:
                    run(db, clauses(case, algorithm, lock))
                    return algorithm, lock, None
                except pymysql.Error as error:
                    if error.args[0] not in NOT_SUPPORTED:
                        return None, None, error.args[0]
    return None, None, None


def waits(server, case, table, work):
    """Whether the statement waits for a session that has an open transaction and did that `work` in it."""
    with server.connect() as db:
        fresh(db, case["before"])
        if not run(db, f"SELECT 1 FROM information_schema.tables WHERE table_schema = '{DATABASE}' AND table_name = '{table}'"):
            return False
        with server.connect(DATABASE) as other:
            other.begin()
            try:
                run(other, work)
            except pymysql.Error:
                return False
            try:
                return all(times_out(db, case["statement"], seconds) for seconds in PATIENCE)
            finally:
                other.rollback()


def times_out(db, statement, seconds):
    """Whether it waits for longer than that for a lock."""
    run(db, f"SET lock_wait_timeout = {seconds}, innodb_lock_wait_timeout = 1")
    try:
        run(db, statement)
    except pymysql.Error as error:
        return error.args[0] == TIMED_OUT
    return False


def held(server, case, algorithm_lock):
    locks = {}
    for role, table in sorted(case["roles"].items()):
        if role == "new":
            locks[role] = "LOCK=EXCLUSIVE"
        elif role == "target" and algorithm_lock:
            locks[role] = f"LOCK={algorithm_lock}"
        elif not case["ddl"]:
            if role == "target" and table in case["statement"]:
                locks[role] = "LOCK=NONE"
        elif waits(server, case, table, f"SELECT count(*) FROM {table}"):
            locks[role] = "LOCK=EXCLUSIVE"
        elif waits(server, case, table, f"DELETE FROM {table} WHERE id = {ROWS}"):
            locks[role] = "LOCK=SHARED"
    return locks


def transactional(db):
    """Whether what stood before the statement in its transaction can still be taken back."""
    db.rollback()
    return not run(db, "SELECT 1 FROM witness")


def measure_case(server, case):
    algorithm, lock, refused = best(server, case)
    record = {"statement": case["statement"]}
    if case["before"]:
        record["before"] = case["before"]
    if refused:
        return record | {"refused": refused}
    with server.connect() as db:
        fresh(db, [*case["before"], "CREATE TABLE witness (id int) ENGINE=InnoDB"])
        table = case["roles"].get("target", "")
        number, indexes = ids(db, table)
        db.begin()
        run(db, "INSERT INTO witness VALUES (1)")
        read = rows_read(db)
        try:
            run(db, case["statement"])
        except pymysql.Error as error:
            return record | {"refused": error.args[0]}
        scanned = rows_read(db) - read >= ROWS
        if case["row"].startswith("lock-"):
            run(db, "UNLOCK TABLES")
        rolled_back = transactional(db)
        now, indexes_now = ids(db, table)
        emptied = case["statement"].startswith("TRUNCATE")
        rewrites = bool(number) and bool(now) and number != now and not emptied
        builds = bool(number) and bool(indexes_now - indexes) and not emptied
    record |= {"locks": held(server, case, lock), "rewrites": rewrites,
               "scans": [case["reads"]] if rewrites or builds or scanned else [],
               "builds_index": builds, "transactional": rolled_back}
    return record | ({"algorithm": algorithm} if algorithm else {})


def type_change(server, old, new):
    case = {"probe": f"ALTER TABLE typed MODIFY c {new}", "schema": [],
            "before": [f"CREATE TABLE typed (id int PRIMARY KEY, c {old}) ENGINE=InnoDB"]}
    algorithm, lock, refused = best(server, case)
    answer = {"from": old, "to": new}
    return answer | ({"refused": True} if refused else {"algorithm": algorithm, "lock": lock})


def measure(address, tell):
    server = Server(address)
    rows, failures = {}, []
    with server.connect() as db:
        major, minor = run(db, "SELECT version()")[0][0].split(".")[:2]
        try:
            for case in CASES:
                tell(case["row"])
                try:
                    rows[case["row"]] = measure_case(server, case)
                except pymysql.Error as error:
                    failures.append(f"{case['row']}: {case['statement']}: {error}")
            types = [type_change(server, old, new) for old, new in TYPE_CHANGES]
        finally:
            run(db, f"DROP DATABASE IF EXISTS {DATABASE}")
    return {"server": "mariadb", "version": f"{major}.{minor}", "rows": rows, "type_changes": types}, failures
