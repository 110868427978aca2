//! `migrations-ignored-by-git`: migrations that never leave their author's machine.

use super::{Check, Context, Dialects, Rule, RuleInfo, Sink};
use crate::report::{Aspect, Finding, Help, Severity};

/// Finds where `.gitignore` excludes the new files of a migrations folder.
pub(super) static RULE: Rule = Rule {
    info: RuleInfo {
        name: "migrations-ignored-by-git",
        severity: Severity::Error,
        aspect: Aspect::Deploy,
        summary: "`.gitignore` excludes the new files of a migrations folder",
        what: "Fires where a `.gitignore` of the repository excludes what would be the next file of an app's migrations \
folder.",
        why: "Each developer and each environment makes migrations of its own, under the same names and with other \
contents; databases that once differ cannot be brought together again.",
        example: "# .gitignore
*/migrations/*.py
!*/migrations/__init__.py",
        safe_way: "Take the pattern out and commit the migrations.",
        evidence: "Django: topics/migrations, \"Version control\"; gitignore(5).",
        dialects: Dialects::All,
    },
    check: Check::Project(check),
};

fn check(cx: &Context<'_>, sink: &mut Sink) {
    for ignored in &cx.deploy.ignored {
        let message = format!(
            "git does not see new migrations in `{}`, for the pattern `{}`: they never leave their author's machine",
            ignored.folder, ignored.pattern
        );
        let help = Help::text("Take the pattern out and commit the migrations.");
        sink.report(
            Finding::new(RULE.info.name, RULE.info.severity, ignored.place.clone(), message)
                .of_app(ignored.app.as_str())
                .about(format!("ignored {}", ignored.folder))
                .help(help),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::report::Place;
    use crate::rules::deploy::IgnoredFolder;
    use crate::rules::histories::*;

    #[test]
    fn tells_each_folder() {
        let mut project = input(vec![initial()]);
        project.deploy.ignored.push(IgnoredFolder {
            folder: "shop/migrations".into(),
            app: key("shop.0001_initial").app,
            pattern: "*/migrations/*.py".into(),
            place: Place::Path(".gitignore".into()),
        });
        let found = check(&project, &CheckOptions::default()).findings;
        assert_eq!(rules_of(&found), ["migrations-ignored-by-git"]);
    }
}
