//! The text of a statement, byte for byte as Django's templates give it
//! (`sql_*` of `django/db/backends/*/schema.py`, 3.2 to 6.1).

use std::fmt::Write as _;

use super::names::{create_index_name, quote_name, split_identifier};
use super::statement::{
    AlterAction, ColumnDefinition, ColumnKey, Constraint, ConstraintKind, CreateIndex, CreateTable,
    Deferrable, ForeignKey, IndexColumn, IndexColumns, Name, Nullability, SequenceAction, Statement,
};
use crate::database::Vendor;

impl Statement {
    /// The statement as `sqlmigrate` prints it, semicolon included.
    pub fn to_sql(&self, vendor: Vendor) -> String {
        let mut sql = Renderer { vendor }.statement(self);
        if !sql.trim_end().ends_with(';') {
            sql.push(';');
        }
        sql
    }

    /// Fixes the names that are still open.
    pub(crate) fn resolve_names(&mut self, vendor: Vendor) {
        match self {
            Self::CreateIndex(index) => {
                let columns = match &index.columns {
                    IndexColumns::Columns(columns) => {
                        columns.iter().map(|column| column.name.as_str()).collect()
                    }
                    IndexColumns::Expressions(_) => Vec::new(),
                };
                index.name = Name::Given(index.name.resolve(vendor, &index.table, &columns));
            }
            Self::AddConstraint { table, constraint, .. } => match constraint {
                Constraint::Unique { name, columns, .. } => {
                    let columns: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
                    *name = Name::Given(name.resolve(vendor, table, &columns));
                }
                Constraint::PrimaryKey { name: Some(name), columns } => {
                    let columns: Vec<_> = columns.iter().map(String::as_str).collect();
                    *name = Name::Given(name.resolve(vendor, table, &columns));
                }
                Constraint::ForeignKey(key) => key.name = Name::Given(key.resolved_name(vendor, table)),
                _ => {}
            },
            Self::AlterTable { table, actions } => {
                for action in actions {
                    if let AlterAction::AddColumn(column) = action
                        && let Some(key) = &mut column.references
                    {
                        key.name = Name::Given(key.resolved_name(vendor, table));
                    }
                }
            }
            _ => {}
        }
    }
}

impl Name {
    /// The name, made up if it is still open.
    pub fn resolve(&self, vendor: Vendor, table: &str, columns: &[&str]) -> String {
        match self {
            Self::Given(name) => name.clone(),
            Self::Generated { suffix } => create_index_name(vendor, table, columns, suffix),
        }
    }
}

impl ForeignKey {
    /// Its name, made up if it is still open (`ForeignKeyName`).
    pub fn resolved_name(&self, vendor: Vendor, table: &str) -> String {
        match &self.name {
            Name::Given(name) => name.clone(),
            Name::Generated { suffix } => {
                let to_table = split_identifier(&self.to_table).1;
                let suffix =
                    suffix.replace("%(to_table)s", to_table).replace("%(to_column)s", &self.to_column);
                create_index_name(vendor, table, &[&self.column], &suffix)
            }
        }
    }
}

struct Renderer {
    vendor: Vendor,
}

impl Renderer {
    fn q(&self, name: &str) -> String {
        quote_name(self.vendor, name)
    }

    fn list<'a>(&self, names: impl IntoIterator<Item = &'a String>) -> String {
        names.into_iter().map(|name| self.q(name)).collect::<Vec<_>>().join(", ")
    }

    fn statement(&self, statement: &Statement) -> String {
        let q = |name: &str| self.q(name);
        match statement {
            Statement::CreateTable(create) => self.create_table(create),
            Statement::DropTable { table, cascade } => match (cascade, self.vendor) {
                (true, Vendor::Oracle) => format!("DROP TABLE {} CASCADE CONSTRAINTS", q(table)),
                (true, _) => format!("DROP TABLE {} CASCADE", q(table)),
                (false, _) => format!("DROP TABLE {}", q(table)),
            },
            Statement::DropSequenceOf { table } => super::oracle::drop_sequence_of(table),
            Statement::RenameTable { from, to } if self.vendor.is_mysql() => {
                format!("RENAME TABLE {} TO {}", q(from), q(to))
            }
            Statement::RenameTable { from, to } => format!("ALTER TABLE {} RENAME TO {}", q(from), q(to)),
            Statement::AlterTable { table, actions } => self.alter_table(table, actions),
            Statement::CreateIndex(index) => self.create_index(index),
            Statement::DropIndex { table, name, concurrently, if_exists } => {
                if self.vendor.is_mysql() {
                    return format!("DROP INDEX {} ON {}", q(name), q(table));
                }
                let concurrently = if *concurrently { "CONCURRENTLY " } else { "" };
                let if_exists = if *if_exists { "IF EXISTS " } else { "" };
                format!("DROP INDEX {concurrently}{if_exists}{}", q(name))
            }
            Statement::RenameIndex { table, from, to } if self.vendor.is_mysql() => {
                format!("ALTER TABLE {} RENAME INDEX {} TO {}", q(table), q(from), q(to))
            }
            Statement::RenameIndex { from, to, .. } => format!("ALTER INDEX {} RENAME TO {}", q(from), q(to)),
            Statement::AddConstraint { table, constraint, not_valid } => {
                self.add_constraint(table, constraint, *not_valid)
            }
            Statement::DropConstraint { table, name, kind, if_exists } => {
                self.drop_constraint(table, name, *kind, *if_exists)
            }
            Statement::ValidateConstraint { table, name } => {
                format!("ALTER TABLE {} VALIDATE CONSTRAINT {}", q(table), q(name))
            }
            Statement::Comment { table, column: None, comment } if self.vendor.is_mysql() => {
                format!("ALTER TABLE {} COMMENT = {comment}", q(table))
            }
            Statement::Comment { table, column: None, comment } => {
                format!("COMMENT ON TABLE {} IS {comment}", q(table))
            }
            Statement::Comment { table, column: Some(column), comment } => {
                format!("COMMENT ON COLUMN {}.{} IS {comment}", q(table), q(column))
            }
            Statement::UpdateRows { table, column, value, only_nulls, immediate } => {
                let mut sql = format!("UPDATE {} SET {} = {value}", q(table), q(column));
                if *only_nulls {
                    let _ = write!(sql, " WHERE {} IS NULL", q(column));
                }
                if *immediate {
                    sql.push_str("; SET CONSTRAINTS ALL IMMEDIATE");
                }
                sql
            }
            Statement::CopyRows { from, to, columns, values } => {
                let (columns, values) = (columns.join(", "), values.join(", "));
                format!("INSERT INTO {} ({columns}) SELECT {values} FROM {}", q(to), q(from))
            }
            Statement::Sequence { name, action } => self.sequence(name, action),
            Statement::CreateExtension { name } => format!("CREATE EXTENSION IF NOT EXISTS {}", q(name)),
            Statement::DropExtension { name } => format!("DROP EXTENSION IF EXISTS {}", q(name)),
            Statement::CreateCollation { name, locale, provider, deterministic } => {
                let mut sql = format!("CREATE COLLATION {} (locale={}", q(name), q(locale));
                if provider != "libc" {
                    let _ = write!(sql, ", provider={}", q(provider));
                }
                if !deterministic {
                    sql.push_str(", deterministic=false");
                }
                sql + ")"
            }
            Statement::DropCollation { name } => format!("DROP COLLATION {}", q(name)),
            Statement::Raw { sql } => sql.clone(),
        }
    }

    fn create_table(&self, create: &CreateTable) -> String {
        let columns = create.columns.iter().map(|column| {
            let mut sql = format!("{} {}", self.q(&column.name), self.column(column));
            if let Some(check) = &column.check {
                let _ = write!(sql, " CHECK ({check})");
            }
            if let Some(suffix) = &column.suffix {
                let _ = write!(sql, " {suffix}");
            }
            if let Some(key) = &column.references {
                let _ = write!(sql, " {}", self.inline_references(key));
            }
            sql
        });
        let constraints = create.constraints.iter().map(|constraint| self.table_constraint(constraint));
        let definition = columns.chain(constraints).collect::<Vec<_>>().join(", ");
        let mut sql = format!("CREATE TABLE {} ({definition})", self.q(&create.table));
        if let Some(tablespace) = &create.tablespace {
            let _ = write!(sql, " TABLESPACE {}", self.q(tablespace));
        }
        sql
    }

    /// `_iter_column_sql`
    fn column(&self, column: &ColumnDefinition) -> String {
        let mut sql = column.db_type.clone();
        if let Some(collation) = &column.collation {
            let _ = write!(sql, " {}", self.collate(collation));
        }
        if let Some((comment, true)) = &column.comment {
            let _ = write!(sql, "  COMMENT {comment}");
        }
        if let Some(default) = &column.default {
            let _ = write!(sql, " DEFAULT {}", default.sql);
        }
        if let Some(generated) = &column.generated {
            let kind = match (generated.stored, self.vendor) {
                (true, _) => "STORED",
                (false, _) => "VIRTUAL",
            };
            let _ = write!(sql, " GENERATED ALWAYS AS ({}) {kind}", generated.expression);
        }
        match column.nullability {
            Nullability::Null => sql.push_str(" NULL"),
            Nullability::NotNull => sql.push_str(" NOT NULL"),
            Nullability::Unsaid => {}
        }
        match column.key {
            ColumnKey::Primary => sql.push_str(" PRIMARY KEY"),
            ColumnKey::Unique => sql.push_str(" UNIQUE"),
            ColumnKey::None => {}
        }
        if let Some(tablespace) = &column.tablespace {
            let _ = write!(sql, " USING INDEX TABLESPACE {}", self.q(tablespace));
        }
        if let Some((comment, false)) = &column.comment {
            let _ = write!(sql, "  COMMENT {comment}");
        }
        sql
    }

    fn collate(&self, collation: &str) -> String {
        match self.vendor {
            // SQLite's own names stand bare.
            Vendor::Sqlite => format!("COLLATE {collation}"),
            _ => format!("COLLATE {}", self.q(collation)),
        }
    }

    fn deferrable(key: &ForeignKey) -> &'static str {
        if key.deferrable { " DEFERRABLE INITIALLY DEFERRED" } else { "" }
    }

    /// SQLite's `sql_create_inline_fk`.
    fn inline_references(&self, key: &ForeignKey) -> String {
        let on_delete = key.on_delete.as_deref().unwrap_or("");
        let (table, column) = (self.q(&key.to_table), self.q(&key.to_column));
        format!("REFERENCES {table} ({column}){on_delete}{}", Self::deferrable(key))
    }

    fn add_column(&self, table: &str, column: &ColumnDefinition) -> String {
        let mut sql = format!("ADD COLUMN {} {}", self.q(&column.name), self.column(column));
        if self.vendor == Vendor::Oracle {
            sql = format!("ADD {} {}", self.q(&column.name), self.column(column));
        }
        if let Some(suffix) = &column.suffix {
            let _ = write!(sql, " {suffix}");
        }
        if let Some(check) = &column.check {
            let _ = write!(sql, " CHECK ({check})");
        }
        if let Some(key) = &column.references {
            let name = self.q(&key.resolved_name(self.vendor, table));
            let (to_table, to_column) = (self.q(&key.to_table), self.q(&key.to_column));
            let on_delete = key.on_delete.as_deref().unwrap_or("");
            let deferrable = Self::deferrable(key);
            let _ = match self.vendor {
                Vendor::Sqlite => write!(sql, " {}", self.inline_references(key)),
                Vendor::PostgreSql => {
                    let (namespace, _) = split_identifier(table);
                    let namespace =
                        if namespace.is_empty() { String::new() } else { self.q(namespace) + "." };
                    write!(
                        sql,
                        " CONSTRAINT {name} REFERENCES {to_table}({to_column}){on_delete}{deferrable}; \
                         SET CONSTRAINTS {namespace}{name} IMMEDIATE"
                    )
                }
                Vendor::MySql | Vendor::MariaDb => {
                    let column = self.q(&key.column);
                    write!(
                        sql,
                        " , ADD CONSTRAINT {name} FOREIGN KEY ({column}) REFERENCES {to_table}({to_column}){on_delete}"
                    )
                }
                Vendor::Oracle => {
                    write!(
                        sql,
                        " CONSTRAINT {name} REFERENCES {to_table}({to_column}){on_delete}{deferrable}"
                    )
                }
            };
        }
        sql
    }

    fn alter_table(&self, table: &str, actions: &[AlterAction]) -> String {
        let changes: Vec<_> = actions.iter().map(|action| self.action(table, action)).collect();
        format!("ALTER TABLE {} {}", self.q(table), changes.join(", "))
    }

    fn action(&self, table: &str, action: &AlterAction) -> String {
        let q = |name: &str| self.q(name);
        let modify = self.vendor.is_mysql() || self.vendor == Vendor::Oracle;
        match action {
            AlterAction::AddColumn(column) => self.add_column(table, column),
            AlterAction::DropColumn { column, cascade } => {
                let cascade = match (cascade, self.vendor) {
                    (true, Vendor::Oracle) => " CASCADE CONSTRAINTS",
                    (true, _) => " CASCADE",
                    (false, _) => "",
                };
                format!("DROP COLUMN {}{cascade}", q(column))
            }
            AlterAction::RenameColumn { from, to } => format!("RENAME COLUMN {} TO {}", q(from), q(to)),
            AlterAction::AlterColumnType { column, db_type, collation, using, comment } => {
                let mut sql = if modify {
                    format!("MODIFY {} {db_type}", q(column))
                } else {
                    format!("ALTER COLUMN {} TYPE {db_type}", q(column))
                };
                if let Some(collation) = collation {
                    let _ = write!(sql, " {}", self.collate(collation));
                }
                if let Some(using) = using {
                    let _ = write!(sql, " USING {using}");
                }
                if let Some(comment) = comment {
                    let _ = write!(sql, " COMMENT {comment}");
                }
                sql
            }
            AlterAction::SetNotNull { column, db_type } => match self.vendor {
                Vendor::MySql | Vendor::MariaDb => format!("MODIFY {} {db_type} NOT NULL", q(column)),
                Vendor::Oracle => format!("MODIFY {} NOT NULL", q(column)),
                _ => format!("ALTER COLUMN {} SET NOT NULL", q(column)),
            },
            AlterAction::DropNotNull { column, db_type } => match self.vendor {
                Vendor::MySql | Vendor::MariaDb => format!("MODIFY {} {db_type} NULL", q(column)),
                Vendor::Oracle => format!("MODIFY {} NULL", q(column)),
                _ => format!("ALTER COLUMN {} DROP NOT NULL", q(column)),
            },
            AlterAction::SetDefault { column, default, .. } if self.vendor == Vendor::Oracle => {
                format!("MODIFY {} DEFAULT {default}", q(column))
            }
            AlterAction::SetDefault { column, default, .. } => {
                format!("ALTER COLUMN {} SET DEFAULT {default}", q(column))
            }
            AlterAction::DropDefault { column, .. } if self.vendor == Vendor::Oracle => {
                format!("MODIFY {} DEFAULT NULL", q(column))
            }
            AlterAction::DropDefault { column, to_null: true, .. } => {
                format!("ALTER COLUMN {} SET DEFAULT NULL", q(column))
            }
            AlterAction::DropDefault { column, .. } => format!("ALTER COLUMN {} DROP DEFAULT", q(column)),
            AlterAction::AddIdentity { column } => {
                format!("ALTER COLUMN {} ADD GENERATED BY DEFAULT AS IDENTITY", q(column))
            }
            AlterAction::DropIdentity { column } if self.vendor == Vendor::Oracle => {
                format!("MODIFY {} DROP IDENTITY", q(column))
            }
            AlterAction::DropIdentity { column } => {
                format!("ALTER COLUMN {} DROP IDENTITY IF EXISTS", q(column))
            }
            AlterAction::SetTablespace { tablespace } => format!("SET TABLESPACE {}", q(tablespace)),
        }
    }

    fn index_columns(&self, columns: &IndexColumns) -> String {
        match columns {
            IndexColumns::Columns(columns) => self.column_list(columns),
            IndexColumns::Expressions(expressions) => expressions.join(", "),
        }
    }

    fn column_list(&self, columns: &[IndexColumn]) -> String {
        let columns = columns.iter().map(|column| {
            let mut sql = self.q(&column.name);
            if let Some(opclass) = &column.opclass {
                let _ = write!(sql, " {opclass}");
            }
            if column.descending {
                sql.push_str(" DESC");
            }
            sql
        });
        columns.collect::<Vec<_>>().join(", ")
    }

    fn create_index(&self, index: &CreateIndex) -> String {
        let columns = match &index.columns {
            IndexColumns::Columns(columns) => columns.iter().map(|column| column.name.as_str()).collect(),
            IndexColumns::Expressions(_) => Vec::new(),
        };
        let name = self.q(&index.name.resolve(self.vendor, &index.table, &columns));
        let mut sql = String::from("CREATE ");
        if index.unique {
            sql.push_str("UNIQUE ");
        }
        sql.push_str("INDEX ");
        if index.concurrently {
            sql.push_str("CONCURRENTLY ");
        }
        let _ = write!(sql, "{name} ON {}", self.q(&index.table));
        if let Some(using) = index.using.as_ref().filter(|_| self.vendor == Vendor::PostgreSql) {
            let _ = write!(sql, " USING {using}");
        }
        let _ = write!(sql, " ({})", self.index_columns(&index.columns));
        if !index.include.is_empty() {
            let _ = write!(sql, " INCLUDE ({})", self.list(&index.include));
        }
        sql.push_str(nulls_distinct(index.nulls_distinct));
        if !index.with.is_empty() {
            let _ = write!(sql, " WITH ({})", index.with.join(", "));
        }
        if let Some(tablespace) = &index.tablespace {
            let _ = write!(sql, " TABLESPACE {}", self.q(tablespace));
        }
        if let Some(condition) = &index.condition {
            let _ = write!(sql, " WHERE {condition}");
        }
        sql
    }

    fn table_constraint(&self, constraint: &Constraint) -> String {
        let named = |name: &str, body: &str| format!("CONSTRAINT {} {body}", self.q(name));
        match constraint {
            Constraint::PrimaryKey { columns, .. } => format!("PRIMARY KEY ({})", self.list(columns)),
            Constraint::Unique { name, columns, deferrable, .. } => {
                let body = format!("UNIQUE ({}){}", self.column_list(columns), deferred(*deferrable));
                named(&name.resolve(self.vendor, "", &[]), &body)
            }
            Constraint::Check { name, expression } => named(name, &format!("CHECK ({expression})")),
            Constraint::ForeignKey(key) => {
                let name = key.resolved_name(self.vendor, "");
                named(
                    &name,
                    &format!("FOREIGN KEY ({}) {}", self.q(&key.column), self.inline_references(key)),
                )
            }
            Constraint::Exclude { name, body } => named(name, body),
        }
    }

    fn add_constraint(&self, table: &str, constraint: &Constraint, not_valid: bool) -> String {
        let (t, q) = (self.q(table), |name: &str| self.q(name));
        let not_valid = if not_valid { " NOT VALID" } else { "" };
        match constraint {
            Constraint::PrimaryKey { name, columns } => {
                let names: Vec<_> = columns.iter().map(String::as_str).collect();
                let name =
                    name.as_ref().map(|name| name.resolve(self.vendor, table, &names)).unwrap_or_default();
                format!("ALTER TABLE {t} ADD CONSTRAINT {} PRIMARY KEY ({})", q(&name), self.list(columns))
            }
            Constraint::Unique { name, columns, deferrable, nulls_distinct: nulls } => {
                let names: Vec<_> = columns.iter().map(|column| column.name.as_str()).collect();
                let name = q(&name.resolve(self.vendor, table, &names));
                let columns = self.column_list(columns);
                if self.vendor == Vendor::Sqlite {
                    return format!("CREATE UNIQUE INDEX {name} ON {t} ({columns})");
                }
                let (nulls, deferrable) = (nulls_distinct(*nulls), deferred(*deferrable));
                format!("ALTER TABLE {t} ADD CONSTRAINT {name} UNIQUE{nulls} ({columns}){deferrable}")
            }
            Constraint::Check { name, expression } => {
                format!("ALTER TABLE {t} ADD CONSTRAINT {} CHECK ({expression}){not_valid}", q(name))
            }
            Constraint::ForeignKey(key) => {
                let name = q(&key.resolved_name(self.vendor, table));
                let (column, to_table, to_column) = (q(&key.column), q(&key.to_table), q(&key.to_column));
                let on_delete = key.on_delete.as_deref().unwrap_or("");
                format!(
                    "ALTER TABLE {t} ADD CONSTRAINT {name} FOREIGN KEY ({column}) \
                     REFERENCES {to_table} ({to_column}){on_delete}{}{not_valid}",
                    Self::deferrable(key)
                )
            }
            Constraint::Exclude { name, body } => {
                format!("ALTER TABLE {t} ADD CONSTRAINT {} {body}", q(name))
            }
        }
    }

    fn drop_constraint(&self, table: &str, name: &str, kind: ConstraintKind, if_exists: bool) -> String {
        let (t, n) = (self.q(table), self.q(name));
        let if_exists = if if_exists { "IF EXISTS " } else { "" };
        match (self.vendor, kind) {
            (Vendor::PostgreSql, ConstraintKind::ForeignKey) => {
                format!("SET CONSTRAINTS {n} IMMEDIATE; ALTER TABLE {t} DROP CONSTRAINT {n}")
            }
            (Vendor::MySql | Vendor::MariaDb, ConstraintKind::ForeignKey) => {
                format!("ALTER TABLE {t} DROP FOREIGN KEY {n}")
            }
            (Vendor::MySql | Vendor::MariaDb, ConstraintKind::Unique) => {
                format!("ALTER TABLE {t} DROP INDEX {n}")
            }
            (Vendor::MySql | Vendor::MariaDb, ConstraintKind::PrimaryKey) => {
                format!("ALTER TABLE {t} DROP PRIMARY KEY")
            }
            (Vendor::MySql, ConstraintKind::Check) => format!("ALTER TABLE {t} DROP CHECK {n}"),
            (Vendor::Sqlite, ConstraintKind::Unique) => format!("DROP INDEX {n}"),
            _ => format!("ALTER TABLE {t} DROP CONSTRAINT {if_exists}{n}"),
        }
    }

    fn sequence(&self, name: &str, action: &SequenceAction) -> String {
        let n = self.q(name);
        match action {
            SequenceAction::Create => format!("CREATE SEQUENCE {n}"),
            SequenceAction::Drop => format!("DROP SEQUENCE IF EXISTS {n} CASCADE"),
            SequenceAction::AlterType { db_type } => format!("ALTER SEQUENCE IF EXISTS {n} AS {db_type}"),
            SequenceAction::SetToMaximum { table, column } => {
                format!("SELECT setval('{n}', MAX({})) FROM {}", self.q(column), self.q(table))
            }
            SequenceAction::SetOwner { table, column } => {
                format!("ALTER SEQUENCE {n} OWNED BY {}.{}", self.q(table), self.q(column))
            }
        }
    }
}

fn nulls_distinct(distinct: Option<bool>) -> &'static str {
    match distinct {
        Some(true) => " NULLS DISTINCT",
        Some(false) => " NULLS NOT DISTINCT",
        None => "",
    }
}

fn deferred(deferrable: Option<Deferrable>) -> &'static str {
    match deferrable {
        Some(Deferrable::Deferred) => " DEFERRABLE INITIALLY DEFERRED",
        Some(Deferrable::Immediate) => " DEFERRABLE INITIALLY IMMEDIATE",
        None => "",
    }
}
