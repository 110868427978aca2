//! Names and texts of a hostile tree in every command and format: they steer no terminal and no CI, and leave
//! what they stand in.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

#[path = "support/hostile.rs"]
mod hostile;

use std::path::Path;

use hostile::{REMOVAL, SETTINGS, project, put, run};
use serde_json::Value;

/// Texts that mean something to a terminal, a CI, XML, Markdown or a web address.
const NASTY: &[&str] = &[
    "a\u{1b}[31mred\u{1b}]0;title\u{7}",
    "b\u{202e}gnp\u{2066}\u{200b}",
    "c\n::error file=x::gone\n::set-output name=a::b\n",
    "d\r\n##[group]e\n##vso[task.complete result=Succeeded;]done",
    "e%0A::error::x",
    "f]]><script>&lt;\"'</testcase>",
    "g` [x](http://evil.example) <img src=x> @user #1",
    "h|i\\|j",
    "k l é 漢字 %20 ?#&",
    "m\u{0}n\u{fffe}\u{85}",
];

/// A project in which such texts stand wherever text can stand.
fn nasty() -> tempfile::TempDir {
    let folder = project();
    let root = folder.path();
    for (index, text) in NASTY.iter().enumerate() {
        let literal = format!("{text:?}").replace("\\u{", "\\U{").replace('\0', "\\0");
        let literal = python(&literal);
        let name: String = text.chars().filter(|c| !matches!(c, '\0' | '/')).collect();
        let number = index + 2;
        let code = format!(
            "from django.db import migrations, models\n\n\ndef code(apps, editor):\n    from bad.models import Thing\n    \
             Thing.objects.all().delete()\n\n\nclass Migration(migrations.Migration):\n    dependencies = [(\"bad\", \
             \"0001_initial\")]\n    operations = [\n        migrations.AddField(\"thing\", {literal}, \
             models.CharField(max_length=3, verbose_name={literal}, default={literal}, db_column={literal})),\n        \
             migrations.RemoveField(\"thing\", {literal}),\n        migrations.RunSQL({literal}),\n        \
             migrations.RunSQL(\"ALTER TABLE x DROP COLUMN y; -- \" + {literal}),\n        migrations.RunPython(code),\n        \
             migrations.CreateModel({literal}, [(\"id\", models.AutoField(primary_key=True))], \
             options={{\"db_table\": {literal}}}),\n        migrations.AddIndex(\"thing\", models.Index(fields=[\"name\"], \
             name={literal})),\n        unknown({literal}),\n    ]\n"
        );
        put(root, &format!("bad/migrations/{number:04}_{name}.py"), code);
        put(root, &format!("bad/migrations/{number:04}_plain.py"), REMOVAL.replace("shop", "bad"));
    }
    let apps: Vec<String> =
        NASTY.iter().map(|text| format!("    {},\n", python(&format!("{text:?}")))).collect();
    let apps = apps.concat();
    put(root, "config/settings.py", format!("{SETTINGS}INSTALLED_APPS += [\n{apps}]\n"));
    folder
}

/// A literal of Rust's as one of Python's.
fn python(literal: &str) -> String {
    let mut out = String::new();
    let mut rest = literal;
    while let Some(at) = rest.to_ascii_lowercase().find("\\u{") {
        out.push_str(&rest[..at]);
        let (hex, after) = rest[at + 3..].split_once('}').unwrap();
        out.push_str(&format!("\\U{hex:0>8}"));
        rest = after;
    }
    out.push_str(rest);
    out
}

fn steers_nothing(what: &str, text: &str) {
    let bad = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}')
    };
    assert!(!text.contains(bad), "{what}: {:?}", text.lines().find(|line| line.contains(bad)));
}

#[test]
fn no_command_steers_a_terminal() {
    let folder = nasty();
    let applied = folder.path().join("applied.txt");
    let lines: Vec<String> =
        NASTY.iter().map(|text| format!("[X]  bad.{}\n", text.replace(['\n', '\r'], ""))).collect();
    put(folder.path(), "applied.txt", lines.concat());
    let applied = applied.to_str().unwrap();
    let commands: &[&[&str]] = &[
        &["check", "--pedantic"],
        &["check", "--format", "concise"],
        &["check", "--format", "github"],
        &["check", "--format", "markdown"],
        &["check", "--applied", applied],
        &["graph"],
        &["graph", "--dot"],
        &["graph", "--mermaid"],
        &["state"],
        &["state", "--models"],
        &["missing"],
        &["plan"],
        &["plan", "--format", "markdown"],
        &["pending", "--applied", applied],
        &["fix"],
        &["fix", "--merge"],
        &["init"],
        &["sql", "bad", "0002"],
        &["sql", "bad\u{1b}[31m", "0002"],
        &["graph", "--app", "\u{1b}[31m\u{202e}"],
    ];
    for words in commands {
        let said = run(folder.path(), words);
        steers_nothing(&format!("{words:?}"), &said.out);
        // What the command line itself says may come back; what the tree says may not.
        if !words.iter().any(|word| word.contains('\u{1b}')) {
            steers_nothing(&format!("{words:?} (error)"), &said.err);
        }
    }
}

fn json(root: &Path, format: &str) -> Value {
    let said = run(root, &["check", "--format", format, "--pedantic"]);
    serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{format}: {error}\n{}", said.out))
}

#[test]
fn no_line_passes_for_a_command_of_a_ci() {
    let folder = nasty();
    let count = json(folder.path(), "json")["findings"].as_array().unwrap().len();
    assert!(count > 8, "{count}");
    let said = run(folder.path(), &["check", "--format", "github", "--pedantic", "--quiet"]);
    let commands = said.out.lines().filter(|line| line.trim_start().starts_with("::")).count();
    assert_eq!((commands, said.out.lines().count()), (count, count + 1), "{}", said.out);
    for line in said.out.lines().filter(|line| line.starts_with("::")) {
        let (head, _) = line[2..].split_once("::").unwrap();
        let properties = head.split_once(' ').unwrap().1;
        for property in properties.split(',') {
            let (name, value) = property.split_once('=').unwrap();
            assert!(["file", "line", "endLine", "col", "endColumn", "title"].contains(&name), "{line}");
            assert!(!value.contains([':', '\n']), "{line}");
        }
    }
    // Azure's and TeamCity's commands begin a line, too.
    for format in ["human", "concise", "github", "markdown"] {
        let said = run(folder.path(), &["check", "--format", format, "--pedantic"]);
        for line in said.out.lines().chain(said.err.lines()) {
            let start = line.trim_start();
            let command =
                start.starts_with("##vso[") || start.starts_with("##[") || start.starts_with("##teamcity[");
            assert!(!command, "{format}: {line}");
            assert!(!start.starts_with("::") || format == "github", "{format}: {line}");
        }
    }
}

#[test]
fn sarif_gitlab_and_junit_are_what_they_claim() {
    let folder = nasty();
    let sarif = json(folder.path(), "sarif");
    let mut uris = Vec::new();
    addresses(&sarif, &mut uris);
    assert!(uris.len() > 8);
    for uri in uris {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/%!$&'()*+,;=:@".contains(&byte);
        assert!(uri.bytes().all(plain), "{uri}");
        assert!(!uri.split('/').next().unwrap().contains(':'), "{uri} would have a scheme");
    }
    assert!(json(folder.path(), "gitlab").as_array().is_some_and(|all| all.len() > 8));
    let xml = run(folder.path(), &["check", "--format", "junit", "--pedantic"]).out;
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert!(xml.chars().all(allowed), "{:?}", xml.chars().find(|c| !allowed(*c)));
    let cases = xml.matches("<testcase ").count();
    assert_eq!(cases, json(folder.path(), "json")["findings"].as_array().unwrap().len());
    assert!(!xml.contains("<script") && !xml.contains("]]>"), "{xml}");
    let ends = xml.matches("</testcase>").count() + xml.matches("<testcase name=\"no findings\"").count();
    assert_eq!(ends, cases);
}

/// The addresses of files in a SARIF log.
fn addresses<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match (key.as_str(), value.as_str()) {
                    ("uri", Some(uri)) => into.push(uri),
                    _ => addresses(value, into),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| addresses(item, into)),
        _ => {}
    }
}

/// A bar, with or without a backslash before it, ends no cell.
#[test]
fn no_text_adds_a_cell_to_a_plan() {
    let folder = nasty();
    let plan = run(folder.path(), &["plan", "--format", "markdown"]).out;
    let rows: Vec<&str> = plan.lines().filter(|line| line.starts_with("| ")).collect();
    assert!(rows.len() > 20, "{plan}");
    for row in rows {
        assert_eq!(row.matches('|').count(), 5, "{row}");
    }
}
