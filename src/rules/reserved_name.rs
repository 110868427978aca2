//! `reserved-name`: a name that raw SQL must always quote.

use super::storage::Storage;
use super::{Check, Dialects, OperationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::django::field::Field;
use crate::django::operations::OperationKind;
use crate::report::{Aspect, Help, Severity};

/// Finds where a new table or column has the name of a reserved word of the database.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "reserved-name",
        severity: Severity::Pedantic,
        aspect: Aspect::Fails,
        summary: "a new table or column has the name of a reserved word of the database",
        what: "Fires where `CreateModel`, `AddField`, `RenameField` or a new `db_column` or `db_table` brings a \
name that the project's database reserves. Off unless asked for: Django quotes all names, and only SQL that people \
write stumbles over it.",
        why: "`SELECT user FROM shop_order` on PostgreSQL gives the name of the database's user, not the column; \
`SELECT order FROM …` is a syntax error. Reports, dumps and other programs trip over it.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AddField(model_name=\"order\", name=\"group\", field=models.TextField(null=True)),
    ]",
        safe_way: "Take another name, or keep the attribute's and give the column one of its own with `db_column`.",
        evidence: "PostgreSQL: `pg_get_keywords()` of 15, categories R and T. MariaDB 10.11: every word of \
`information_schema.KEYWORDS` that it refuses as a column's name; the same list is taken for MySQL.",
        dialects: Dialects::Only(&[Vendor::PostgreSql, Vendor::MySql, Vendor::MariaDb]),
    },
    check: Check::Operation(check),
};

const POSTGRESQL: &[&str] = &[
    "all",
    "analyse",
    "analyze",
    "and",
    "any",
    "array",
    "as",
    "asc",
    "asymmetric",
    "authorization",
    "binary",
    "both",
    "case",
    "cast",
    "check",
    "collate",
    "collation",
    "column",
    "concurrently",
    "constraint",
    "create",
    "cross",
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "deferrable",
    "desc",
    "distinct",
    "do",
    "else",
    "end",
    "except",
    "false",
    "fetch",
    "for",
    "foreign",
    "freeze",
    "from",
    "full",
    "grant",
    "group",
    "having",
    "ilike",
    "in",
    "initially",
    "inner",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "lateral",
    "leading",
    "left",
    "like",
    "limit",
    "localtime",
    "localtimestamp",
    "natural",
    "not",
    "notnull",
    "null",
    "offset",
    "on",
    "only",
    "or",
    "order",
    "outer",
    "overlaps",
    "placing",
    "primary",
    "references",
    "returning",
    "right",
    "select",
    "session_user",
    "similar",
    "some",
    "symmetric",
    "table",
    "tablesample",
    "then",
    "to",
    "trailing",
    "true",
    "union",
    "unique",
    "user",
    "using",
    "variadic",
    "verbose",
    "when",
    "where",
    "window",
    "with",
];
const MARIADB: &[&str] = &[
    "accessible",
    "add",
    "all",
    "alter",
    "analyze",
    "and",
    "as",
    "asc",
    "asensitive",
    "before",
    "between",
    "bigint",
    "binary",
    "blob",
    "both",
    "by",
    "call",
    "cascade",
    "case",
    "change",
    "char",
    "character",
    "check",
    "collate",
    "column",
    "condition",
    "constraint",
    "continue",
    "convert",
    "create",
    "cross",
    "current_date",
    "current_role",
    "current_time",
    "current_timestamp",
    "current_user",
    "cursor",
    "databases",
    "day_hour",
    "day_microsecond",
    "day_minute",
    "day_second",
    "dec",
    "decimal",
    "declare",
    "default",
    "delayed",
    "delete",
    "delete_domain_id",
    "desc",
    "describe",
    "deterministic",
    "distinct",
    "distinctrow",
    "div",
    "do_domain_ids",
    "double",
    "drop",
    "dual",
    "each",
    "else",
    "elseif",
    "enclosed",
    "escaped",
    "except",
    "exists",
    "exit",
    "explain",
    "false",
    "fetch",
    "float",
    "float4",
    "float8",
    "for",
    "force",
    "foreign",
    "from",
    "fulltext",
    "grant",
    "group",
    "having",
    "high_priority",
    "hour_microsecond",
    "hour_minute",
    "hour_second",
    "if",
    "ignore",
    "ignore_domain_ids",
    "in",
    "index",
    "infile",
    "inner",
    "inout",
    "insensitive",
    "insert",
    "int",
    "int1",
    "int2",
    "int3",
    "int4",
    "int8",
    "integer",
    "intersect",
    "interval",
    "into",
    "is",
    "iterate",
    "join",
    "key",
    "keys",
    "kill",
    "leading",
    "leave",
    "left",
    "like",
    "limit",
    "linear",
    "lines",
    "load",
    "localtime",
    "localtimestamp",
    "lock",
    "long",
    "longblob",
    "longtext",
    "loop",
    "low_priority",
    "master_demote_to_replica",
    "master_demote_to_slave",
    "master_ssl_verify_server_cert",
    "match",
    "maxvalue",
    "mediumblob",
    "mediumint",
    "mediumtext",
    "middleint",
    "minute_microsecond",
    "minute_second",
    "mod",
    "modifies",
    "natural",
    "no_write_to_binlog",
    "not",
    "null",
    "numeric",
    "offset",
    "on",
    "optimize",
    "optionally",
    "or",
    "order",
    "out",
    "outer",
    "outfile",
    "over",
    "page_checksum",
    "parse_vcol_expr",
    "partition",
    "portion",
    "precision",
    "primary",
    "procedure",
    "purge",
    "range",
    "read",
    "read_write",
    "reads",
    "real",
    "recursive",
    "ref_system_id",
    "references",
    "regexp",
    "release",
    "rename",
    "repeat",
    "replace",
    "require",
    "resignal",
    "restrict",
    "return",
    "returning",
    "revoke",
    "right",
    "rlike",
    "row_number",
    "rows",
    "schemas",
    "second_microsecond",
    "select",
    "sensitive",
    "separator",
    "set",
    "show",
    "signal",
    "smallint",
    "spatial",
    "specific",
    "sql",
    "sql_big_result",
    "sql_calc_found_rows",
    "sql_small_result",
    "sqlexception",
    "sqlstate",
    "sqlwarning",
    "ssl",
    "starting",
    "stats_auto_recalc",
    "stats_persistent",
    "stats_sample_pages",
    "straight_join",
    "table",
    "terminated",
    "then",
    "tinyblob",
    "tinyint",
    "tinytext",
    "to",
    "trailing",
    "trigger",
    "true",
    "undo",
    "union",
    "unique",
    "unlock",
    "unsigned",
    "update",
    "usage",
    "use",
    "using",
    "utc_date",
    "utc_time",
    "utc_timestamp",
    "values",
    "varbinary",
    "varchar",
    "varcharacter",
    "varying",
    "when",
    "where",
    "while",
    "with",
    "write",
    "xor",
    "year_month",
    "zerofill",
];

fn check(cx: &OperationContext<'_>, sink: &mut Sink) {
    if cx.effect.side == super::effects::Side::State {
        return;
    }
    match &cx.operation().kind {
        OperationKind::CreateModel(create) => {
            let Some(model) = cx.after(&create.name).filter(|model| cx.has_table_after(model)) else {
                return;
            };
            if let Some(table) = cx.table_after(model) {
                look(cx, sink, "table", &table);
            }
            for (name, field) in &create.fields {
                column(cx, sink, &create.name, name, field);
            }
        }
        OperationKind::AddField { model_name, name, field, .. } => column(cx, sink, model_name, name, field),
        OperationKind::RenameField { model_name, new_name, .. } => {
            let field = cx.after(model_name).and_then(|model| model.fields.get(new_name));
            if let Some(field) = field {
                column(cx, sink, model_name, new_name, field);
            }
        }
        OperationKind::AlterModelTable { name, .. } => {
            if let Some(table) = cx.after(name).and_then(|model| cx.table_after(model)) {
                look(cx, sink, "table", &table);
            }
        }
        _ => {}
    }
}

fn column(cx: &OperationContext<'_>, sink: &mut Sink, model: &str, name: &str, field: &Field) {
    let Some(model) = cx.after(model).filter(|model| cx.has_table_after(model)) else { return };
    if let Storage::Column(column) = cx.storage_after(model, name, field) {
        look(cx, sink, "column", &column);
    }
}

fn look(cx: &OperationContext<'_>, sink: &mut Sink, what: &str, name: &str) {
    let vendor = cx.migration.vendor();
    let words = if vendor == Vendor::PostgreSql { POSTGRESQL } else { MARIADB };
    let lower = name.to_lowercase();
    if words.binary_search(&lower.as_str()).is_err() {
        return;
    }
    let message = format!(
        "{what} `{name}` has the name of a reserved word of {}: SQL must always quote it",
        vendor.title()
    );
    let help = Help::text(if what == "table" {
        "Give the model another `db_table`."
    } else {
        "Take another name, or give the column one of its own with `db_column`."
    });
    let mut finding = cx.finding(&RULE.info, message).help(help);
    finding.identity = format!("{} {name}", finding.identity);
    sink.report(finding);
}

#[cfg(test)]
mod tests {
    use super::{MARIADB, POSTGRESQL};
    use crate::rules::histories::*;

    fn count(operations: Vec<Operation>) -> usize {
        let second = migration("0002_second", &["0001_initial"], operations, "");
        let mut options = CheckOptions::default();
        options.selection.select.insert("reserved-name");
        check(&input(vec![initial(), second]), &options).findings.len()
    }

    #[test]
    fn the_words_are_sorted() {
        assert!(POSTGRESQL.is_sorted() && MARIADB.is_sorted());
    }

    #[test]
    fn fires_on_reserved_words() {
        assert_eq!(count(vec![add("group", nullable("TextField", &[]))]), 1);
        assert_eq!(count(vec![add("groups", nullable("TextField", &[]))]), 0);
        // The column of a foreign key ends in `_id`.
        assert_eq!(count(vec![add("user", foreign_key("shop.tag"))]), 0);
        let kept = nullable("TextField", &[("db_column", Value::str("the_group"))]);
        assert_eq!(count(vec![add("group", kept)]), 0);
        assert_eq!(count(vec![separate(vec![], vec![add("group", nullable("TextField", &[]))])]), 0);
    }
}
