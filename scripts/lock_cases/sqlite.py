"""What SQLite is made to run. Each case: the row of the facts table it measures, the statement, and
what stands before it."""

SCHEMA = """
CREATE TABLE other (id integer PRIMARY KEY, v int NOT NULL);
CREATE TABLE target (
    id integer PRIMARY KEY, other_id int, a int NOT NULL, n int, name varchar(50) NOT NULL DEFAULT 'x', spare int DEFAULT 1
);
"""
FILL = """
INSERT INTO other SELECT value, value FROM (
    WITH RECURSIVE s (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM s WHERE value < {rows}) SELECT value FROM s);
INSERT INTO target (id, other_id, a, n, name) SELECT id, id, id, id, printf('%040d', id) FROM other;
"""

INDEX = "CREATE INDEX i ON target (a)"
TRIGGER = "CREATE TRIGGER g AFTER INSERT ON target BEGIN DELETE FROM other; END"
REFERENCES = ["DROP TABLE target", "CREATE TABLE target (id integer PRIMARY KEY, o int REFERENCES other (id))",
              "INSERT INTO target SELECT id, id FROM other"]


def case(row, statement, *before, target="target"):
    return {"row": row, "statement": statement, "before": list(before), "target": target}


def add(definition):
    return f"ALTER TABLE target ADD COLUMN c {definition}"


CASES = [
    case("add-column", add("int")),
    case("add-column-not-null", add("int NOT NULL")),
    case("add-column-default-constant", add("int DEFAULT 7")),
    case("add-column-default-constant-not-null", add("int DEFAULT 7 NOT NULL")),
    case("add-column-default-stable", add("datetime DEFAULT CURRENT_TIMESTAMP")),
    case("add-column-default-volatile", add("int DEFAULT (random())")),
    case("add-column-identity", add("integer PRIMARY KEY AUTOINCREMENT")),
    case("add-column-generated-stored", add("int GENERATED ALWAYS AS (a * 2) STORED")),
    case("add-column-generated-virtual", add("int GENERATED ALWAYS AS (a * 2) VIRTUAL")),
    case("add-column-references", add("int REFERENCES other (id)")),
    case("add-column-references-default", add("int DEFAULT 1 REFERENCES other (id)")),
    case("add-column-unique", add("int UNIQUE")),
    case("add-column-primary-key", add("int PRIMARY KEY")),
    case("add-column-check", add("int CHECK (c > 0)")),
    case("drop-column", "ALTER TABLE target DROP COLUMN spare"),
    case("drop-column-indexed", "ALTER TABLE target DROP COLUMN a", INDEX),
    case("drop-column-references", "ALTER TABLE target DROP COLUMN o", *REFERENCES),
    case("create-table", "CREATE TABLE fresh (id integer PRIMARY KEY)", target="fresh"),
    case("create-table-references", "CREATE TABLE fresh (id integer PRIMARY KEY, o int REFERENCES other (id))", target="fresh"),
    case("create-table-as", "CREATE TABLE fresh AS SELECT * FROM other", target="fresh"),
    case("drop-table", "DROP TABLE target"),
    case("rename-table", "ALTER TABLE target RENAME TO renamed"),
    case("rename-column", "ALTER TABLE target RENAME COLUMN a TO b"),
    case("create-index", "CREATE INDEX i ON target (a)"),
    case("create-unique-index", "CREATE UNIQUE INDEX i ON target (a)"),
    case("drop-index", "DROP INDEX i", INDEX),
    case("reindex", "REINDEX target", INDEX),
    case("vacuum-full", "VACUUM"),
    case("analyze", "ANALYZE target", INDEX),
    case("create-trigger", TRIGGER),
    case("drop-trigger", "DROP TRIGGER g", TRIGGER),
    case("create-view", "CREATE VIEW fresh AS SELECT * FROM other", target="fresh"),
    case("drop-view", "DROP VIEW w", "CREATE VIEW w AS SELECT * FROM other", target="w"),
    case("insert", "INSERT INTO target (a) VALUES (1)"),
    case("insert-select", "INSERT INTO target (a) SELECT v FROM other"),
    case("update", "UPDATE target SET spare = 2"),
    case("delete", "DELETE FROM target WHERE id > 0"),
    case("select", "SELECT sum(a) FROM target"),
    case("set", "PRAGMA foreign_keys = ON"),
    case("transaction", "SAVEPOINT s"),
]
