//! `data-loss-on-reverse`: going back would lose what was written since.

use super::effects::Side;
use super::storage::Storage;
use super::{Check, Dialects, MigrationContext, OperationContext, Rule, RuleInfo, Sink};
use crate::django::operations::OperationKind;
use crate::report::{Aspect, Help, Severity};

/// Finds what unapplying a migration would drop.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "data-loss-on-reverse",
        severity: Severity::Pedantic,
        aspect: Aspect::Loses,
        summary: "unapplying the migration would drop tables or columns that it creates",
        what: "Says, once a migration, which tables and columns it creates, as unapplying it drops them with all \
that was written since. Off unless asked for, as nearly every migration creates something. Silent for initial \
migrations, for what the state alone creates, and for columns of tables that the same migration creates.",
        why: "A rollback that runs `migrate app previous` is no way back once users have written to the new \
columns: what they wrote is gone, and going forward again brings empty ones.",
        example: "class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel(name=\"Coupon\", fields=[…]),
    ]",
        safe_way: "Roll back the code and leave the schema as it is: additions don't hurt the previous release. \
Unapply only before the first write.",
        evidence: "Django: `CreateModel.database_backwards`, `AddField.database_backwards`.",
        dialects: Dialects::All,
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    if cx.initial {
        return;
    }
    let mut created = Vec::new();
    for effect in cx.effects.iter().filter(|effect| effect.side != Side::State) {
        let at = OperationContext { migration: cx, effect };
        match &effect.operation.kind {
            OperationKind::CreateModel(create) => {
                if let Some(model) = at.after(&create.name).filter(|model| at.has_table_after(model))
                    && let Some(table) = at.table_after(model)
                {
                    created.push(format!("table `{table}`"));
                }
            }
            OperationKind::AddField { model_name, name, field, .. }
                if at.touches_table_in_use(model_name) =>
            {
                let Some(model) = at.before(model_name) else { continue };
                match at.storage(model, name, field) {
                    Storage::Column(column) => {
                        let table = at.table(model).unwrap_or_default();
                        created.push(format!("column `{table}.{column}`"));
                    }
                    Storage::Table(table) => created.push(format!("table `{table}`")),
                    Storage::Nothing | Storage::Unknown => {}
                }
            }
            _ => {}
        }
    }
    if created.is_empty() {
        return;
    }
    let message = format!(
        "unapplying `{}` drops {} with all that was written since",
        cx.migration.key,
        created.join(", ")
    );
    let help = Help::text("Roll back the code and leave the schema; unapply only before the first write.");
    sink.report(cx.finding(&RULE.info, message).help(help));
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    #[test]
    fn fires_when_asked_for() {
        let run = |operations: Vec<Operation>, pedantic: bool| {
            let second = migration("0002_second", &["0001_initial"], operations, "");
            let mut options = CheckOptions::default();
            options.selection.pedantic = pedantic;
            let found = check(&input(vec![initial(), second]), &options).findings;
            found.into_iter().filter(|finding| finding.rule == "data-loss-on-reverse").count()
        };
        let new = || vec![add("x", nullable("TextField", &[])), create("New", &[], &[])];
        assert_eq!(run(new(), true), 1);
        assert_eq!(run(new(), false), 0);
        assert_eq!(run(vec![separate(vec![], new())], true), 0);
        assert_eq!(run(vec![remove("note")], true), 0);
    }
}
