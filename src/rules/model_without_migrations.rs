//! `model-without-migrations`: an app that has models and no migrations package.

use std::sync::Arc;

use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::report::{Aspect, Finding, Help, Severity};

/// Most models that a message names.
const NAMED: usize = 3;

/// Finds where an installed app has models and no migrations package.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "model-without-migrations",
        severity: Severity::Warning,
        aspect: Aspect::Drift,
        summary: "an installed app has models and no migrations package",
        what: "Fires on an app of the repository that is installed, has models with tables of their own (managed, no proxies, not swapped out) and no package `migrations`. An app whose migrations `MIGRATION_MODULES` turns off has none on purpose.",
        why: "`migrate` does nothing for such an app, and `makemigrations` passes over it unless it is named: its tables come into being by `migrate --run-syncdb` or in tests alone, and later changes of the models never reach the database. Migrations of other apps can't refer to its models.",
        example: "shop/models.py      # class Order(models.Model)\n                    # and no shop/migrations/__init__.py",
        safe_way: "`python manage.py makemigrations shop` names the app and so makes the package with its first migration. Where the tables are there already: `python manage.py migrate shop --fake-initial`.",
        evidence: "Django: `MigrationLoader.load_disk` (`unmigrated_apps`), `MigrationAutodetector.arrange_for_graph` (`ask_initial`), `migrate --run-syncdb`.",
        dialects: Dialects::All,
    },
    check: Check::Models(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    let Some(drift) = &cx.models.get().drift else { return };
    for found in &drift.unmigrated {
        let app = &found.app;
        let message = format!(
            "app `{app}` has no migrations, so `migrate` makes no table for {}",
            names(&found.models)
        );
        let help = Help::text(format!(
            "Run `python manage.py makemigrations {app}` or `migcheck missing --app {app} --write`, and \
             commit the package. Where the tables are there already, apply it with `python manage.py \
             migrate {app} --fake-initial`."
        ));
        sink.report(
            Finding::new(RULE.info.name, RULE.info.severity, found.place.clone(), message)
                .of_app(app.as_str())
                .help(help),
        );
    }
}

/// `A`, `B` and `C`; `A`, `B`, `C` and 4 more models.
fn names(models: &[Arc<str>]) -> String {
    let shown: Vec<String> = models.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    match (shown.split_last(), models.len().saturating_sub(NAMED)) {
        (Some((last, [])), 0) => last.clone(),
        (Some((last, rest)), 0) => format!("{} and {last}", rest.join(", ")),
        (_, 1) => format!("{} and another model", shown.join(", ")),
        (_, more) => format!("{} and {more} more models", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use crate::django::keys::AppLabel;
    use crate::report::Place;
    use crate::rules::FromModels;
    use crate::rules::histories::*;
    use crate::rules::{Drift, UnmigratedApp};

    fn message(models: &[&str]) -> String {
        let app = UnmigratedApp {
            app: AppLabel::new("notes"),
            models: models.iter().map(|name| (*name).into()).collect(),
            place: Place::Path("notes/models.py".into()),
        };
        let drift = Drift { unmigrated: vec![app], ..Drift::default() };
        let project = ProjectInput { models: FromModels { drift: Some(drift), ..FromModels::default() }.into(), ..input(vec![initial()]) };
        let findings = check(&project, &CheckOptions::default()).findings;
        assert_eq!(rules_of(&findings), ["model-without-migrations"]);
        findings[0].message.clone()
    }

    #[test]
    fn the_models_without_tables_are_named() {
        let start = "app `notes` has no migrations, so `migrate` makes no table for ";
        assert_eq!(message(&["Note"]), format!("{start}`Note`"));
        assert_eq!(message(&["A", "B", "C"]), format!("{start}`A`, `B` and `C`"));
        assert_eq!(message(&["A", "B", "C", "D"]), format!("{start}`A`, `B`, `C` and another model"));
        assert_eq!(message(&["A", "B", "C", "D", "E"]), format!("{start}`A`, `B`, `C` and 2 more models"));
    }
}
