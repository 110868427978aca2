//! What rules have in common, on small histories.

use super::histories::*;

#[test]
fn an_initial_migration_raises_nothing() {
    let report = check(&input(vec![initial()]), &CheckOptions::default());
    assert!(report.findings.is_empty(), "{:?}", report.findings);
}

#[test]
fn ignores_with_reasons() {
    assert!(
        report(vec![remove("note")], "# migcheck: ignore[remove-field] unused since May\n")
            .findings
            .is_empty()
    );
    let unused = report(
        vec![add("x", nullable("TextField", &[]))],
        "# migcheck: ignore[remove-field] unused since May\n",
    );
    assert_eq!(unused.findings.iter().map(|f| f.rule).collect::<Vec<_>>(), ["unused-ignore"]);
    let linter =
        Operation { class: "django_migration_linter.operations.IgnoreMigration".into(), ..sql("", Some("")) };
    assert!(fired(vec![linter, remove("note")]).is_empty());
}

#[test]
fn the_same_report_in_every_format_and_any_order() {
    use crate::report::{Report, concise, human, json, markdown};
    let second = || {
        migration("0002_second", &["0001_initial"], vec![index(false), remove("note"), add("x", text())], "")
    };
    let one = Report {
        projects: vec![check(&input(vec![initial(), second()]), &CheckOptions::default())],
        ..Report::default()
    };
    let two = Report {
        projects: vec![check(&input(vec![second(), initial()]), &CheckOptions::default())],
        ..Report::default()
    };
    assert_eq!(json::render(&one), json::render(&two));
    for text in
        [human::render(&one, false), concise::render(&one), markdown::render(&one), json::render(&one)]
    {
        for rule in ["remove-field", "blocking-index", "add-not-null-field"] {
            assert!(text.contains(rule), "{text}");
        }
        assert!(!text.contains('\u{1b}'));
    }
    insta::assert_snapshot!(human::render(&one, false));
}
