//! `small-primary-key`: a new table can hold two thousand million rows at most.

use super::snippet::quoted;
use super::statements::{all, is_exempt};
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::django::operations::OperationKind;
use crate::django::schema::Statement;
use crate::django::schema::statement::ColumnKey;
use crate::report::{Aspect, Help, Severity};

/// Finds where the key of a new table has 32 bits or fewer.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "small-primary-key",
        severity: Severity::Pedantic,
        aspect: Aspect::Locks,
        summary: "the key of a new table has 32 bits or fewer",
        what: "Fires where a new table's primary key is an integer of 32 bits or fewer: an `AutoField`, or a `SmallAutoField`. Off unless asked for.",
        why: "When 2,147,483,647 is reached (32,767 by a `SmallAutoField`) no row can be added, and the change to `bigint` then writes the whole table anew under a lock, with all foreign keys to it.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(\"Event\", fields=[(\"id\", models.AutoField(primary_key=True))]),
    ]",
        safe_way: "`BigAutoField`, and `DEFAULT_AUTO_FIELD = \"django.db.models.BigAutoField\"`.",
        evidence: "PostgreSQL manual, 8.1 Numeric Types; Django documentation, DEFAULT_AUTO_FIELD.",
        dialects: Dialects::Only(&[Vendor::PostgreSql, Vendor::MySql, Vendor::MariaDb]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    if is_exempt(cx) {
        return;
    }
    for seen in all(cx) {
        let Statement::CreateTable(create) = &seen.planned.statement else { continue };
        let OperationKind::CreateModel(model) = &seen.effect.operation.kind else { continue };
        let key = create.columns.iter().find(|column| column.key == ColumnKey::Primary);
        let Some(key) = key.filter(|column| is_small(&column.db_type)) else { continue };
        let message = format!(
            "the primary key `{}` of the new table `{}` is `{}`: it ends at {}",
            key.name,
            create.table,
            key.db_type.to_lowercase(),
            last(&key.db_type)
        );
        let code = format!("({}, models.BigAutoField(primary_key=True)),", quoted(&key.name));
        let help = Help::text(format!("Give {} a key of 64 bits from the start.", model.name)).python("instead", code);
        sink.report(seen.finding(cx, &RULE.info, message).lock(None).help(help));
    }
}

/// The greatest number that a column of that type holds.
fn last(db_type: &str) -> &'static str {
    let (word, unsigned) = (first_word(db_type), db_type.to_ascii_lowercase().contains("unsigned"));
    match (word.as_str(), unsigned) {
        ("smallint" | "smallserial", false) => "32,767",
        ("smallint", true) => "65,535",
        (_, true) => "4,294,967,295",
        (_, false) => "2,147,483,647",
    }
}

fn first_word(db_type: &str) -> String {
    db_type.split_whitespace().next().unwrap_or_default().to_ascii_lowercase()
}

/// An integer of 32 bits or fewer.
fn is_small(db_type: &str) -> bool {
    matches!(first_word(db_type).as_str(), "integer" | "int" | "serial" | "smallint" | "smallserial")
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn small(class: &str) -> Vec<&'static str> {
        let fields = [("id", field(class, &[("primary_key", Value::Bool(true))]))];
        let second = migration("0002_second", &["0001_initial"], vec![create("Line", &fields, &[])], "");
        let mut options = CheckOptions::default();
        options.selection.select.insert("small-primary-key");
        rules_of(&check(&input(vec![initial(), second]), &options).findings)
    }

    #[test]
    fn fires_on_small_keys() {
        assert_eq!(small("AutoField"), ["small-primary-key"]);
        assert_eq!(small("SmallAutoField"), ["small-primary-key"]);
        assert!(small("BigAutoField").is_empty());
        assert!(small("UUIDField").is_empty());
    }
}
