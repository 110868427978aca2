use pulldown_cmark::{Event, Options, Parser, Tag};

use super::super::findings::FIRST;
use super::*;
use crate::django::keys::{AppLabel, MigrationKey};
use crate::report::{Help, LockInfo, LockStep, Place, Severity, Undecided};

const HOSTILE: &str = "x`` | \n\n# @everyone </summary></details><img src=x onerror=alert(1)> [a](http://b) ![c](d) \
                       <!-- --> ```\n| a | b |\n</td> https://evil.example #1 :tada: &lt;b&gt; \u{202e}";

fn key(name: &str) -> MigrationKey {
    MigrationKey::new(AppLabel::new("shop"), name)
}

fn lock_info() -> LockInfo {
    LockInfo {
        mode: "ACCESS EXCLUSIVE".into(),
        blocks: Blocks::Reads,
        rewrites: false,
        scans: false,
        held: false,
    }
}

fn report(text: &str, count: usize) -> Report {
    let finding = |index: usize| {
        let severity = if index.is_multiple_of(3) { Severity::Error } else { Severity::Warning };
        Finding::new("remove-field", severity, Place::Path(text.into()), format!("{text} {index}"))
            .of(&key(text))
            .table(Some(text.into()))
            .lock(Some(lock_info()))
            .help(Help::text(text).python(text, text))
    };
    let row = Row {
        key: key(text),
        edited: true,
        operations: vec![text.into(); 6],
        back: Back::No(text.into()),
        loses: vec![text.into()],
        empties: vec![text.into()],
        sql: Some(text.into()),
        locks: vec![LockStep { table: text.into(), lock: lock_info(), long: false }],
    };
    let undecided = Undecided {
        what: text.into(),
        reason: text.into(),
        hint: None,
        path: Some(text.into()),
        line: None,
        column: None,
    };
    let overview = Overview {
        base: text.into(),
        target: text.into(),
        migrations: vec![Row { edited: false, ..row.clone() }, row],
        graph: Some("flowchart LR\n".into()),
    };
    let project = ProjectReport {
        root: ".".into(),
        findings: (0..count).map(finding).collect(),
        undecided: vec![undecided],
        migrations: 2,
        overview: Some(overview),
        ..ProjectReport::default()
    };
    Report { projects: vec![project], ..Report::default() }
}

#[test]
fn nothing_of_the_repository_becomes_markup() {
    nothing_becomes_markup(3);
}

fn nothing_becomes_markup(count: usize) {
    let markdown = render(&report(HOSTILE, count), 65_000);
    let (mut headings, mut tables, mut rows) = (0, 0, 0);
    let known =
        regex::Regex::new(r"^(<details><summary>[^<>@]*</summary>|</details>|<br>|</?sub>)$").unwrap();
    for event in Parser::new_ext(&markdown, Options::all()) {
        match event {
            Event::Start(Tag::Heading { .. }) => headings += 1,
            Event::Start(Tag::Table(_)) => tables += 1,
            Event::Start(Tag::TableRow) => rows += 1,
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::BlockQuote(_)) => panic!("{event:?}"),
            Event::Html(html) | Event::InlineHtml(html) => {
                assert!(known.is_match(html.trim()), "{html:?} in\n{markdown}");
            }
            Event::Text(text) => assert!(
                !text.contains("@everyone") || text.contains("@\u{200b}") || text.contains("# @everyone"),
                "{text}"
            ),
            _ => {}
        }
    }
    assert_eq!((headings, tables, rows), (1, 1, 2), "{markdown}");
}

#[test]
fn of_many_findings_the_first_of_each_rule_are_told_in_full() {
    let markdown = render(&report("0002_note", 200), 65_000);
    assert_eq!(markdown.matches("**`remove-field`**").count(), 2 * FIRST, "{markdown}");
    for (icon, more) in [("🔴", 65), ("🟠", 131)] {
        assert!(
            markdown.contains(icon) && markdown.contains(&format!("<summary>{more} more of remove-field"))
        );
    }
    // What is undecided is told in a line, too.
    assert_eq!(markdown.matches("- `0002_note` 0002").count(), 197);
    nothing_becomes_markup(40);
}

#[test]
fn what_does_not_fit_is_counted_and_the_worst_stays() {
    for limit in [4_000, 20_000, 65_000] {
        let long = "a word and another ".repeat(40);
        let markdown = render(&report(&long, 900), limit);
        assert!(
            markdown.chars().count() <= 65_536 && markdown.len() <= limit.max(8_000),
            "{limit}: {}",
            markdown.len()
        );
        assert!(markdown.contains("findings not shown here"), "{limit}");
        let shown = markdown.matches("🟠 **`remove-field`**").count();
        assert!(markdown.matches("- `a word").count() > 0 || limit == 4_000);
        assert_eq!(shown, 0, "an error was left out for a warning");
    }
    let short = render(&report("note", 200), 65_000);
    assert!(!short.contains("not shown"), "{}", short.len());
}

#[test]
fn a_change_of_one_migration() {
    let mut one = report("0002_note", 0);
    one.projects[0].undecided.clear();
    insta::assert_snapshot!(render(&one, 65_000));
}

#[test]
fn of_very_many_migrations_the_worst_are_shown() {
    let mut report = report("x", 0);
    let project = &mut report.projects[0];
    let row = project.overview.as_ref().unwrap().migrations[0].clone();
    let named = |index: usize| key(&format!("m{index:03}"));
    let sql = |index: usize| {
        if index.is_multiple_of(2) {
            "BEGIN;\nDROP TABLE t;\nCOMMIT;"
        } else {
            "BEGIN;\n--\n-- x\n--\nCOMMIT;"
        }
    };
    project.overview.as_mut().unwrap().migrations = (0..200)
        .map(|index| Row { key: named(index), sql: Some(sql(index).into()), ..row.clone() })
        .collect();
    let place = || Place::Path("a.py".into());
    project.findings = vec![
        Finding::new("remove-field", Severity::Warning, place(), "w").of(&named(150)),
        Finding::new("remove-field", Severity::Error, place(), "e").of(&named(198)),
    ];
    let text = render(&report, 60_000);
    let rows: Vec<&str> =
        text.lines().filter(|line| line.starts_with("| ") && line.contains("`shop.m")).collect();
    assert_eq!(rows.len(), MOST_ROWS);
    assert!(rows[0].starts_with("| 🟢 `shop.m000`") && rows[38].contains("🟠 `shop.m150`"), "{rows:#?}");
    assert!(rows[39].contains("🔴 `shop.m198`") && text.contains("and 160 migrations more"));
    assert_eq!(text.matches("<summary>SQL of").count(), MOST_SQL);
    assert!(
        text.contains("<summary>SQL of shop.m198")
            && text.contains("SQL of 80 migrations more: `migcheck sql APP NAME`")
    );
}
