"""What MariaDB is asked to do, and which algorithm and lock it takes it with.

Each case: the row of the facts table it measures (after a colon, which of several statements), the
statement, and what stands before it. `ALTER TABLE` and the index statements are tried with each
ALGORITHM and LOCK; the others are seen to wait for readers or writers.
"""

ROWS = 1000

SCHEMA = [
    "CREATE TABLE other (id bigint PRIMARY KEY, v int NOT NULL) ENGINE=InnoDB",
    f"INSERT INTO other SELECT seq, seq FROM seq_1_to_{ROWS}",
    "CREATE TABLE target (id bigint AUTO_INCREMENT PRIMARY KEY, other_id bigint, a int NOT NULL, n int,"
    " name varchar(50) NOT NULL DEFAULT 'x', spare int DEFAULT 1, e enum('a'), body text, g point NOT NULL)"
    " ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
    f"INSERT INTO target (other_id, a, n, g) SELECT seq, seq, seq, POINT(seq, seq) FROM seq_1_to_{ROWS}",
]

FOREIGN_KEY = "ALTER TABLE target ADD CONSTRAINT fk FOREIGN KEY (other_id) REFERENCES other (id)"
CHILD = "CREATE TABLE child (id bigint PRIMARY KEY, target_id bigint, FOREIGN KEY (target_id) REFERENCES target (id))"
INDEX = "CREATE INDEX i ON target (a)"
CHECK = "ALTER TABLE target ADD CONSTRAINT c CHECK (a > 0)"
TRIGGER = "CREATE TRIGGER g BEFORE INSERT ON target FOR EACH ROW SET NEW.a = NEW.a"
TABLES = {"target": "target", "referenced": "other", "referencing": "child"}


def case(row, statement, *before, roles=None, ddl=True, probe=None, reads="target"):
    """`probe`: what is tried in its stead, as the statement itself takes no ALGORITHM."""
    roles = TABLES | (roles or {})
    return {"row": row, "statement": statement, "before": list(before), "ddl": ddl, "probe": probe or statement,
            "reads": reads, "roles": {role: name for role, name in roles.items() if name}}


def add(definition):
    return f"ALTER TABLE target ADD COLUMN c {definition}"


FRESH = {"target": None, "new": "fresh"}

CASES = [
    case("add-column", add("int")),
    case("add-column-not-null", add("int NOT NULL")),
    case("add-column-default-constant", add("int DEFAULT 7")),
    case("add-column-default-constant-not-null", add("int DEFAULT 7 NOT NULL")),
    case("add-column-default-stable", add("datetime DEFAULT CURRENT_TIMESTAMP")),
    case("add-column-default-volatile", add("char(36) DEFAULT (uuid())")),
    case("add-column-identity", "ALTER TABLE target ADD COLUMN c bigint AUTO_INCREMENT UNIQUE",
         "ALTER TABLE target MODIFY id bigint"),
    case("add-column-generated-stored", add("int GENERATED ALWAYS AS (a * 2) STORED")),
    case("add-column-generated-virtual", add("int GENERATED ALWAYS AS (a * 2) VIRTUAL")),
    case("add-column-references", add("bigint NULL, ADD CONSTRAINT fk FOREIGN KEY (c) REFERENCES other (id)")),
    case("add-column-references-default",
         add("bigint DEFAULT 1 NOT NULL, ADD CONSTRAINT fk FOREIGN KEY (c) REFERENCES other (id)")),
    case("add-column-unique", add("int UNIQUE")),
    case("add-column-primary-key", add("bigint AUTO_INCREMENT PRIMARY KEY"),
         "ALTER TABLE target MODIFY id bigint", "ALTER TABLE target DROP PRIMARY KEY"),
    case("add-column-check", add("int CHECK (c > 0)")),
    case("drop-column", "ALTER TABLE target DROP COLUMN spare"),
    case("drop-column-indexed", "ALTER TABLE target DROP COLUMN a", INDEX),
    case("drop-column-references", "ALTER TABLE target DROP COLUMN other_id", FOREIGN_KEY),
    case("alter-type-compatible", "ALTER TABLE target MODIFY name varchar(60) NOT NULL DEFAULT 'x'"),
    case("alter-type-rewrite", "ALTER TABLE target MODIFY a bigint NOT NULL", INDEX),
    case("alter-type-compatible-references", "ALTER TABLE target MODIFY name varchar(60) NOT NULL",
         "ALTER TABLE other ADD COLUMN name varchar(50) NOT NULL", "UPDATE other SET name = id", "UPDATE target SET name = id",
         "ALTER TABLE other ADD UNIQUE (name)", "ALTER TABLE target ADD FOREIGN KEY (name) REFERENCES other (name)"),
    case("alter-type-compatible-referenced", "ALTER TABLE target MODIFY name varchar(60) NOT NULL",
         "UPDATE target SET name = id", "ALTER TABLE target ADD UNIQUE (name)",
         "CREATE TABLE child (name varchar(50), FOREIGN KEY (name) REFERENCES target (name)) CHARSET=utf8mb4"),
    case("alter-type-references", "ALTER TABLE target MODIFY other_id int", FOREIGN_KEY),
    case("alter-type-referenced", "ALTER TABLE target MODIFY id int AUTO_INCREMENT", CHILD),
    case("set-not-null", "ALTER TABLE target MODIFY n int NOT NULL"),
    case("set-not-null-checked", "ALTER TABLE target MODIFY n int NOT NULL",
         "ALTER TABLE target ADD CONSTRAINT c CHECK (n IS NOT NULL)"),
    case("drop-not-null", "ALTER TABLE target MODIFY a int NULL"),
    case("set-default", "ALTER TABLE target ALTER COLUMN a SET DEFAULT 5"),
    case("drop-default", "ALTER TABLE target ALTER COLUMN spare DROP DEFAULT"),
    case("add-identity", "ALTER TABLE target MODIFY id bigint AUTO_INCREMENT", "ALTER TABLE target MODIFY id bigint"),
    case("drop-identity", "ALTER TABLE target MODIFY id bigint"),
    case("add-check", CHECK),
    case("add-foreign-key", FOREIGN_KEY),
    case("add-unique", "ALTER TABLE target ADD CONSTRAINT u UNIQUE (a)"),
    case("add-primary-key", "ALTER TABLE target ADD PRIMARY KEY (a)",
         "ALTER TABLE target MODIFY id bigint", "ALTER TABLE target DROP PRIMARY KEY"),
    case("drop-check", "ALTER TABLE target DROP CONSTRAINT c", CHECK),
    case("drop-unique", "ALTER TABLE target DROP INDEX u", "ALTER TABLE target ADD CONSTRAINT u UNIQUE (a)"),
    case("drop-primary-key", "ALTER TABLE target DROP PRIMARY KEY", "ALTER TABLE target MODIFY id bigint"),
    case("drop-foreign-key", "ALTER TABLE target DROP FOREIGN KEY fk", FOREIGN_KEY),
    case("create-table", "CREATE TABLE fresh (id bigint PRIMARY KEY)", roles=FRESH),
    case("create-table-references",
         "CREATE TABLE fresh (id bigint PRIMARY KEY, o bigint, FOREIGN KEY (o) REFERENCES other (id))", roles=FRESH),
    case("create-table-as", "CREATE TABLE fresh AS SELECT * FROM other", roles=FRESH, reads="referenced"),
    case("create-table-like", "CREATE TABLE fresh LIKE other", roles=FRESH),
    case("drop-table", "DROP TABLE target"),
    case("drop-table-references", "DROP TABLE target", FOREIGN_KEY),
    case("drop-table-referenced", "DROP TABLE target", CHILD),
    case("rename-table", "RENAME TABLE target TO renamed"),
    case("rename-column", "ALTER TABLE target CHANGE a b int NOT NULL"),
    case("rename-index", "ALTER TABLE target RENAME INDEX i TO j", INDEX),
    case("create-index", "CREATE INDEX i ON target (a)"),
    case("create-unique-index", "CREATE UNIQUE INDEX i ON target (a)"),
    case("create-full-text-index", "CREATE FULLTEXT INDEX i ON target (body)"),
    case("create-spatial-index", "CREATE SPATIAL INDEX i ON target (g)"),
    case("drop-index", "DROP INDEX i ON target", INDEX, probe="ALTER TABLE target DROP INDEX i"),
    case("analyze", "ANALYZE TABLE target"),
    case("comment:table", "ALTER TABLE target COMMENT = 'x'"),
    case("comment:column", "ALTER TABLE target MODIFY a int NOT NULL COMMENT 'x'"),
    case("truncate", "TRUNCATE TABLE target"),
    case("create-trigger", TRIGGER),
    case("drop-trigger", "DROP TRIGGER g", TRIGGER),
    case("create-view", "CREATE VIEW fresh AS SELECT * FROM other", roles=FRESH),
    case("replace-view", "CREATE OR REPLACE VIEW w AS SELECT * FROM other", "CREATE VIEW w AS SELECT * FROM other",
         roles={"target": "w"}),
    case("drop-view", "DROP VIEW w", "CREATE VIEW w AS SELECT * FROM other", roles={"target": "w"}),
    case("convert-character-set", "ALTER TABLE target CONVERT TO CHARACTER SET latin1"),
    case("rebuild-table:engine", "ALTER TABLE target ENGINE=InnoDB"),
    case("rebuild-table:force", "ALTER TABLE target FORCE"),
    case("table-property:auto-increment", "ALTER TABLE target AUTO_INCREMENT = 5000"),
    case("table-property:default-charset", "ALTER TABLE target DEFAULT CHARACTER SET latin1"),
    case("catalogue:function", "CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1"),
    case("catalogue:sequence", "CREATE SEQUENCE s"),
    case("alter-type-add-value", "ALTER TABLE target MODIFY e enum('a', 'b')"),
    case("insert", "INSERT INTO target (other_id, a, g) VALUES (1, 1, POINT(0, 0))", FOREIGN_KEY, ddl=False),
    case("insert-select", "INSERT INTO target (other_id, a, g) SELECT id, v, POINT(0, 0) FROM other",
         ddl=False, reads="referenced"),
    case("update", "UPDATE target SET spare = 2", ddl=False),
    case("delete", "DELETE FROM target", ddl=False),
    case("select", "SELECT * FROM target", ddl=False),
    case("select-for-update", "SELECT * FROM target FOR UPDATE", ddl=False),
    case("set", "SET SESSION lock_wait_timeout = 2", ddl=False),
    case("transaction", "SAVEPOINT s", ddl=False),
    case("lock-share", "LOCK TABLES target READ"),
    case("lock-access-exclusive", "LOCK TABLES target WRITE"),
]

# From, to: with which algorithm is the change taken?
TYPE_CHANGES = [
    ("varchar(10)", "varchar(20)"), ("varchar(20)", "varchar(10)"), ("varchar(63)", "varchar(64)"),
    ("varchar(64)", "varchar(300)"), ("varchar(300)", "varchar(200)"), ("varchar(255)", "varchar(256)"),
    ("varchar(10)", "text"), ("varchar(10)", "longtext"), ("text", "longtext"), ("longtext", "text"),
    ("longtext", "varchar(20)"), ("char(10)", "char(20)"), ("char(10)", "varchar(10)"), ("varchar(10)", "char(10)"),
    ("varchar(10) CHARACTER SET latin1", "varchar(20) CHARACTER SET latin1"),
    ("varchar(255) CHARACTER SET latin1", "varchar(256) CHARACTER SET latin1"),
    ("varchar(10) CHARACTER SET latin1", "varchar(10) CHARACTER SET utf8mb4"),
    ("varchar(10) CHARACTER SET utf8mb3", "varchar(10) CHARACTER SET utf8mb4"),
    ("varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", "varchar(10) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"),
    ("tinyint", "smallint"), ("smallint", "int"), ("int", "bigint"), ("bigint", "int"), ("int", "int unsigned"),
    ("int unsigned", "int"), ("int", "varchar(11)"), ("int", "decimal(10, 0)"), ("bool", "int"), ("bool", "tinyint"),
    ("float", "double"), ("double", "float"), ("double", "decimal(10, 2)"),
    ("decimal(8, 2)", "decimal(10, 2)"), ("decimal(10, 2)", "decimal(8, 2)"), ("decimal(8, 2)", "decimal(9, 2)"),
    ("decimal(8, 2)", "decimal(10, 3)"),
    ("date", "datetime"), ("datetime", "datetime(6)"), ("datetime(6)", "datetime"), ("datetime(6)", "date"),
    ("datetime(6)", "timestamp(6)"), ("time", "time(6)"),
    ("char(32)", "uuid"), ("uuid", "char(32)"), ("longtext", "json"), ("json", "longtext"),
    ("blob", "longblob"), ("varbinary(10)", "varbinary(20)"),
    ("enum('a')", "enum('a', 'b')"), ("enum('a', 'b')", "enum('b', 'a')"), ("enum('a', 'b')", "enum('a')"),
    ("set('a')", "set('a', 'b')"), ("int", "int"), ("varchar(10)", "varchar(10)"), ("int(11)", "int(5)"),
]
