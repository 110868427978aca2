//! SQL of the projects of `corpus/`: held against what real Django's `sqlmigrate` prints, and, as
//! `migcheck sql` prints it with what it is not certain of, in snapshots.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use migcheck::database::Dialect;
use migcheck::django::schema::{Psycopg, Step, Text, collect_sql};
use migcheck::django::version::DjangoVersion;
use migcheck::project::{self, ProjectOptions};
use migcheck::reading::sql::{SqlSource, Target};
use migcheck::reading::{self, Detail};
use migcheck::source::WalkOptions;
use serde::Deserialize;
use serde_json::Value;

/// What stands in a record for a name that only a live database knows.
const NAME: &str = "constraint__only__the__database__knows";

#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    django: Option<Vec<String>>,
    #[serde(default)]
    roots: Option<Vec<String>>,
    settings: Option<String>,
}

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

/// The lines of every migration, and whether all of them are certain.
fn ours(root: &Path, case: &Case, version: &str, dialect: &str) -> BTreeMap<String, (Vec<String>, bool)> {
    let tree = project::tree_of(root, WalkOptions::default()).unwrap();
    let options = ProjectOptions {
        settings: case.settings.clone(),
        django: DjangoVersion::parse(version),
        ..Default::default()
    };
    let dialect: Dialect = dialect.parse().unwrap();
    let mut answers = BTreeMap::new();
    for mut one in project::discover(&tree, &options) {
        one.facts.vendor = Some(reading::connection_vendor(dialect.vendor));
        let read = reading::migrations(&one, Detail::Plain);
        let source = SqlSource::new(&one, &read);
        let targets: Vec<Target<'_>> = source.keys().filter_map(|key| source.target(key)).collect();
        let mut context = source.context(&targets, dialect);
        // The driver that the records were made with.
        context.settings.psycopg =
            if matches!(version, "3.2" | "4.2") { Psycopg::Two } else { Psycopg::Three };
        for target in &targets {
            let steps = collect_sql(&context, &target.state, target.migration, false, false);
            let certain = target.unread().next().is_none() && steps.iter().all(Step::is_certain);
            let steps = steps.iter().filter(|step| !matches!(step.text, Text::Transaction(_)));
            let lines = steps.flat_map(|step| step.to_text().lines().map(str::to_owned).collect::<Vec<_>>());
            answers.insert(target.migration.key.to_string(), (lines.collect(), certain));
        }
    }
    answers
}

/// Whether a line is Django's, whatever the names that only a database knows.
fn same(ours: &str, django: &str) -> bool {
    let mut rest = ours;
    let mut parts = django.split(NAME);
    let Some(first) = parts.next() else { return false };
    let Some(after) = rest.strip_prefix(first) else { return false };
    rest = after;
    for part in parts {
        let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
        let Some(after) = rest[end..].strip_prefix(part) else { return false };
        rest = after;
    }
    rest.is_empty()
}

/// One in `most_unsure` migrations may be said to be unsure.
fn compare(vendor: &str, dialect: &str, most_unsure: usize) {
    let (mut compared, mut unsure, mut wrong) = (0, 0, Vec::new());
    let mut folders: Vec<PathBuf> =
        fs::read_dir(corpus()).unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.sort();
    for folder in folders.iter().filter(|folder| folder.join("case.toml").exists()) {
        let case: Case = toml::from_str(&fs::read_to_string(folder.join("case.toml")).unwrap()).unwrap();
        let usual = || ["4.2", "5.2", "6.1"].map(String::from).into();
        for version in case.django.clone().unwrap_or_else(usual) {
            let text = fs::read_to_string(folder.join(format!("django-{version}.json"))).unwrap();
            let record: Value = serde_json::from_str(&text).unwrap();
            for root in case.roots.clone().unwrap_or_else(|| vec![".".into()]) {
                let said = &record["projects"][&root]["sql"][vendor];
                let Some(said) = said.as_object().filter(|said| !said.contains_key("error")) else {
                    continue;
                };
                let ours = ours(&folder.join(&root), &case, &version, dialect);
                for (key, lines) in said {
                    let Some(lines) = lines.as_array() else { continue };
                    let django: Vec<&str> =
                        lines.iter().flat_map(|line| line.as_str().unwrap().lines()).collect();
                    let place = format!("{} {root} {key} on Django {version}", folder.display());
                    let Some((lines, certain)) = ours.get(key) else {
                        wrong.push(format!("{place}: nothing"));
                        continue;
                    };
                    compared += 1;
                    let equal =
                        lines.len() == django.len() && lines.iter().zip(&django).all(|(a, b)| same(a, b));
                    match (equal, certain) {
                        (true, _) => {}
                        (false, false) => {
                            unsure += 1;
                            println!("unsure: {place}");
                        }
                        (false, true) => {
                            wrong.push(format!("{place}\n  ours   {lines:#?}\n  django {django:#?}"));
                        }
                    }
                }
            }
        }
    }
    println!("{vendor}: {compared} compared, {unsure} different and said to be unsure");
    assert!(wrong.is_empty(), "{} of {compared}\n{}", wrong.len(), wrong.join("\n"));
    assert!(compared > 100, "{compared} compared");
    assert!(unsure * most_unsure <= compared, "{unsure} of {compared} are unsure");
}

#[test]
fn sql_for_sqlite_is_that_of_django() {
    compare("sqlite", "sqlite", 50);
}

#[test]
fn sql_for_postgresql_is_that_of_django() {
    compare("postgresql", "postgresql:16", 50);
}

#[test]
fn sql_for_oracle_is_that_of_django() {
    // How Oracle writes functions in an expression is known of few.
    compare("oracle", "oracle:19", 20);
}

/// Output and what is said beside it.
fn sql(case: &str, words: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
    command.arg("sql").args(words).arg(corpus().join(case)).args(["--django", "5.2"]);
    let done = command.env_remove("VIRTUAL_ENV").output().unwrap();
    let (out, said) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    let here = corpus().display().to_string();
    format!("{out}---- {:?}\n{said}", done.status.code()).replace(&here, "corpus")
}

#[test]
fn a_new_column_in_each_dialect() {
    for dialect in ["sqlite", "postgresql", "mysql", "mariadb"] {
        let words = ["catalogue", "0003", "--dialect", dialect];
        insta::assert_snapshot!(format!("new_column_{dialect}"), sql("webshop", &words));
        let words = ["catalogue", "0003", "--backwards", "--dialect", dialect];
        insta::assert_snapshot!(format!("new_column_backwards_{dialect}"), sql("webshop", &words));
    }
}

#[test]
fn what_cannot_be_written_as_sql_is_said() {
    let run_python = sql("irreversible-operation", &["shop", "0002", "--dialect", "postgresql"]);
    insta::assert_snapshot!("run_python", run_python);
    let run_sql = sql("irreversible-operation", &["shop", "0003", "--dialect", "postgresql"]);
    insta::assert_snapshot!("run_sql", run_sql);
    let backwards =
        sql("irreversible-operation", &["shop", "0003", "--backwards", "--dialect", "postgresql"]);
    insta::assert_snapshot!("irreversible", backwards);
    let custom = sql("custom-operations", &["shop", "0002", "--dialect", "postgresql"]);
    insta::assert_snapshot!("custom_operation", custom);
}
