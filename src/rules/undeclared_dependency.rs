//! `undeclared-dependency`: a migration needs what no dependency brings.

use super::context::identity;
use super::effects::Effect;
use super::{Check, Dialects, MigrationContext, Rule, RuleInfo, Sink};
use crate::django::field::Field;
use crate::django::keys::ModelKey;
use crate::django::operations::OperationKind;
use crate::django::state::relation_to;
use crate::report::{Aspect, Help, Place, Severity};

/// Finds where an operation refers to another app's model that nothing on its path of dependencies creates.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "undeclared-dependency",
        severity: Severity::Warning,
        aspect: Aspect::Graph,
        summary: "an operation refers to another app's model that nothing on its path of dependencies creates",
        what: "Fires where a foreign key or many-to-many field points to a model of another app and no migration that this one depends on, directly or not, creates it. Silent for apps without migrations, for packages whose source is not at hand, and where the dependency is a swappable one.",
        why: "It works only while the other app's migration happens to come first. A new dependency elsewhere, a renamed app or a test that migrates one app alone changes the order, and the migration fails with \"was declared with a lazy reference to … but app doesn't provide model\".",
        example: "# shop/migrations/0003_customer.py, which does not depend on crm
migrations.AddField(\"order\", \"customer\", models.ForeignKey(\"crm.Customer\", ...))",
        safe_way: "Add the migration that creates the model to `dependencies`.",
        evidence: "Django: `MigrationAutodetector._get_dependencies_for_foreign_key` writes this dependency; `StateApps.__init__` raises for lazy references that stay open.",
        dialects: Dialects::All,
    },
    check: Check::Migration(check),
};

fn check(cx: &MigrationContext<'_>, sink: &mut Sink) {
    for effect in cx.effects {
        let fields: Vec<(&str, &str, &Field)> = match &effect.operation.kind {
            OperationKind::CreateModel(create) => create
                .fields
                .iter()
                .map(|(name, field)| (create.name.as_ref(), name.as_ref(), field.as_ref()))
                .collect(),
            OperationKind::AddField { model_name, name, field, .. }
            | OperationKind::AlterField { model_name, name, field, .. } => vec![(model_name, name, field)],
            _ => continue,
        };
        for (model, name, field) in fields {
            let of = ModelKey::new(cx.migration.key.app.clone(), model);
            if let Some(target) = relation_to(field, &of).filter(|target| target.app != of.app) {
                look(cx, sink, effect, &target, name, field);
            }
        }
    }
}

fn look(
    cx: &MigrationContext<'_>,
    sink: &mut Sink,
    effect: &Effect<'_>,
    target: &ModelKey,
    name: &str,
    field: &Field,
) {
    let project = cx.project;
    let swappable =
        cx.migration.dependencies.iter().any(|it| it.swappable.is_some() && it.key.app == target.app);
    let readable = effect.after.is_known(&target.app) && effect.after.is_known(&cx.migration.key.app);
    if swappable || !readable || !project.installed.migrated.contains(&target.app) {
        return;
    }
    // Where nothing creates it at all, that is `invalid-operation`.
    let Some(providers) = project.ancestry.providers_of(target) else { return };
    if providers.iter().any(|provider| project.ancestry.reaches(&cx.migration.key, provider)) {
        return;
    }
    let Some(provider) = providers.first() else { return };
    let message = format!(
        "field `{name}` refers to `{target}`, but nothing that `{}` depends on creates that model: it works only \
while `{provider}` happens to be applied before",
        cx.migration.key
    );
    let help = Help::text("Declare the dependency.")
        .python("in `dependencies`", format!("(\"{}\", \"{}\"),", provider.app, provider.name));
    let mut finding = cx
        .finding(&RULE.info, message)
        .about(format!("{} {name} {target}", identity(effect.operation)))
        .help(help);
    if let Some(at) = field.at.as_ref().or(effect.operation.at.as_ref()) {
        finding.place = Place::Range(at.clone());
    }
    finding.operation = Some(effect.index);
    sink.report(finding);
}

#[cfg(test)]
mod tests {
    use crate::rules::histories::*;

    fn crm(after: &[&str]) -> Migration {
        let customer = create("Customer", &[("tag", foreign_key("shop.tag"))], &[]);
        migration("crm.0001_initial", after, vec![customer], "")
    }

    #[test]
    fn a_model_that_no_dependency_brings() {
        assert_eq!(rules_of(&findings(vec![initial(), crm(&[])])), ["undeclared-dependency"]);
        // A later migration of that app will do no better than none.
        let renamed = operation(Kind::RenameModel { old_name: "Tag".into(), new_name: "Label".into() });
        let label = create("Customer", &[("tag", foreign_key("shop.label"))], &[]);
        let found = findings(vec![
            initial(),
            migration("0002_rename", &["0001_initial"], vec![renamed], ""),
            migration("crm.0001_initial", &["shop.0001_initial"], vec![label], ""),
        ]);
        assert!(rules_of(&found).contains(&"undeclared-dependency"), "{found:?}");
    }

    #[test]
    fn a_model_that_some_dependency_brings() {
        assert!(findings(vec![initial(), crm(&["shop.0001_initial"])]).is_empty());
        let second = || migration("0002_x", &["0001_initial"], vec![], "");
        assert!(findings(vec![initial(), second(), crm(&["shop.0002_x"])]).is_empty());
        // Through a third app.
        let stock = || migration("stock.0001_initial", &["shop.0001_initial"], vec![], "");
        assert!(findings(vec![initial(), stock(), crm(&["stock.0001_initial"])]).is_empty());
        // Within its own app, and by a swappable dependency.
        let own = create("Note", &[("tag", foreign_key("shop.tag"))], &[]);
        assert!(
            findings(vec![initial(), migration("0002_note", &["0001_initial"], vec![own], "")]).is_empty()
        );
        let mut swappable = crm(&["shop.__first__"]);
        swappable.dependencies[0].swappable = Some("SHOP_TAG_MODEL".into());
        assert!(findings(vec![initial(), swappable]).is_empty());
    }

    #[test]
    fn a_model_of_an_app_that_is_not_at_hand() {
        let mut project = input(vec![crm(&[])]);
        project.installed.assumed = [crate::django::keys::AppLabel::new("shop")].into();
        assert!(check(&project, &CheckOptions::default()).findings.is_empty());
        project.installed.assumed.clear();
        project.installed.unmigrated = [crate::django::keys::AppLabel::new("shop")].into();
        assert!(check(&project, &CheckOptions::default()).findings.is_empty());
    }
}
