//! `name-too-long`: a name that the database cuts off or refuses.

use super::statements::{Seen, all, is_exempt};
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Sink};
use crate::database::Vendor;
use crate::database::statement_kind::StatementKind as Kind;
use crate::django::schema::names::max_name_length;
use crate::report::{Aspect, Help, Severity};

/// Finds where the name of an index, constraint, table or column is longer than the database takes.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "name-too-long",
        severity: Severity::Warning,
        aspect: Aspect::Locks,
        summary: "the name of an index, constraint, table or column is longer than the database takes",
        what: "Fires where a statement names a new index, constraint, table or column with more bytes (PostgreSQL: 63) or characters (MySQL, MariaDB: 64) than the database takes. Names that Django makes up are short enough by themselves.",
        why: "PostgreSQL cuts the name off with no more than a notice: two long names may become the same one, and what looks for the full name does not find it. MySQL refuses it, and the migration fails.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.AddConstraint(
            \"order\",
            models.UniqueConstraint(fields=[\"code\"], name=\"order_code_is_unique_among_all_orders_of_a_customer_and_a_shop_since_2020\"),
        ),
    ]",
        safe_way: "A shorter name.",
        evidence: "PostgreSQL manual, 4.1.1 Identifiers (NAMEDATALEN); MySQL manual, Identifier Length Limits; Django: `DatabaseOperations.max_name_length`.",
        dialects: Dialects::Only(&[Vendor::PostgreSql, Vendor::MySql, Vendor::MariaDb]),
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    let vendor = cx.vendor();
    let Some(limit) = max_name_length(vendor).filter(|_| !is_exempt(cx)) else { return };
    let postgresql = vendor == Vendor::PostgreSql;
    for seen in all(cx) {
        let Some((what, name)) = named(&seen) else { continue };
        let length = if postgresql { name.len() } else { name.chars().count() };
        if length <= limit {
            continue;
        }
        let unit = if postgresql { "bytes" } else { "characters" };
        let then = if postgresql { "it is cut off without an error" } else { "the statement is refused" };
        let message = format!("the {what} name `{name}` has {length} {unit}, {} takes {limit}: {then}", vendor.title());
        let help = Help::text(format!("Choose a name of at most {limit} {unit}."));
        sink.report(seen.finding(cx, &RULE.info, message).lock(None).help(help));
    }
}

/// What gets a name that is new.
fn named<'a>(seen: &Seen<'a>) -> Option<(&'static str, &'a str)> {
    let action = &seen.costed.action;
    let object = action.object.as_deref();
    Some(match seen.kind() {
        Kind::CreateIndex { .. } => ("index", object?),
        Kind::AddUnique { .. } | Kind::AddCheck { .. } | Kind::AddForeignKey { .. } | Kind::AddExclusion | Kind::AddPrimaryKey { .. } => {
            ("constraint", object?)
        }
        Kind::AddColumn(_) => ("column", object?),
        Kind::CreateTable(_) => ("table", &action.target.as_ref()?.name),
        Kind::RenameTable => ("table", action.new_name.as_deref()?),
        Kind::RenameColumn => ("column", action.new_name.as_deref()?),
        Kind::RenameIndex => ("index", action.new_name.as_deref()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn long(name: &str, dialect: &str) -> usize {
        let text = format!("CREATE INDEX {name} ON shop_order (note)");
        let second = migration("0002_second", &["0001_initial"], vec![sql(&text, Some(""))], "");
        let mut input = input(vec![initial(), second]);
        input.dialect = dialect.parse().unwrap();
        rules_of(&check(&input, &CheckOptions::default()).findings).into_iter().filter(|rule| *rule == "name-too-long").count()
    }

    #[test]
    fn fires_beyond_the_limit() {
        assert_eq!(long(&"i".repeat(64), "postgresql"), 1);
        assert_eq!(long(&"i".repeat(63), "postgresql"), 0);
        assert_eq!(long(&"ü".repeat(40), "postgresql"), 1);
        assert_eq!(long(&"ü".repeat(40), "mysql"), 0);
        assert_eq!(long(&"i".repeat(65), "mysql"), 1);
        assert_eq!(long(&"i".repeat(90), "sqlite"), 0);
    }
}
