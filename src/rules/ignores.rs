//! `# migcheck: ignore[rule] reason`, on or above what it is about, or at the top of the file.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::selection::{Selection, rule_name};
use super::unused_ignore;
use crate::report::{Finding, Help, Place, Severity};
use crate::source::{Location, SourceFile};

/// One comment.
#[derive(Debug, Clone)]
struct Ignore {
    /// The rules it names.
    rules: BTreeSet<&'static str>,
    /// Names in it that no rule bears.
    unknown: Vec<super::selection::UnknownRule>,
    at: Location,
    line: u32,
    /// Whether it stands at the file's top and so holds for all of it.
    whole_file: bool,
    /// The first line below it that is not itself a comment, where it stands on a line of its own.
    target: u32,
    used: BTreeSet<&'static str>,
}

static COMMENT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"#\s*migcheck:\s*ignore\s*(?:\[(?P<rules>[^\]]*)\])?").ok());

/// Takes out the findings that comments of their files silence, and adds `unused-ignore` for those
/// that silence nothing. `files` are the files whose comments count, findings' own files included.
pub fn apply(findings: Vec<Finding>, files: &[Arc<SourceFile>], selection: &Selection) -> Vec<Finding> {
    let mut by_file = BTreeMap::<String, Vec<Ignore>>::new();
    for file in files {
        if file.text().contains("migcheck:") && !by_file.contains_key(file.display()) {
            by_file.insert(file.display().to_owned(), read(file));
        }
    }
    let mut kept: Vec<_> =
        findings.into_iter().filter(|finding| !is_silenced(finding, &mut by_file)).collect();
    for ignore in by_file.values().flatten() {
        kept.extend(complaints(ignore, selection).into_iter().filter_map(|finding| selection.judge(finding)));
    }
    kept
}

fn is_silenced(finding: &Finding, by_file: &mut BTreeMap<String, Vec<Ignore>>) -> bool {
    let mut silenced = false;
    let places = std::iter::once(&finding.place);
    let labels: Vec<_> = finding.labels.iter().map(|label| Place::Range(label.at.clone())).collect();
    for place in places.chain(&labels) {
        let Some(ignores) = by_file.get_mut(place.path()) else { continue };
        let (first, last) = (place.start().line, place.end().line);
        for ignore in ignores.iter_mut().filter(|ignore| ignore.rules.contains(finding.rule)) {
            let near = ignore.target == first || (first..=last).contains(&ignore.line);
            if ignore.whole_file || near {
                ignore.used.insert(finding.rule);
                silenced = true;
            }
        }
    }
    silenced
}

/// The comments of a file.
fn read(file: &Arc<SourceFile>) -> Vec<Ignore> {
    let Some(pattern) = COMMENT.as_ref() else { return Vec::new() };
    let top = (1..=file.line_count()).find(|line| {
        let text = file.line(*line).unwrap_or_default().trim();
        !text.is_empty() && !text.starts_with('#')
    });
    let top = top.unwrap_or(u32::MAX);
    let mut out = Vec::new();
    let mut offset = 0;
    for found in pattern.captures_iter(file.text()) {
        let (Some(whole), start) = (found.get(0), found.get(0).map_or(0, |m| m.start())) else { continue };
        debug_assert!(start >= offset);
        offset = whole.end();
        let at = Location {
            file: file.clone(),
            start: u32::try_from(start).unwrap_or(u32::MAX),
            end: u32::try_from(whole.end()).unwrap_or(u32::MAX),
        };
        let line = at.line();
        let text = file.line(line).unwrap_or_default();
        let own_line = text.trim_start().starts_with('#');
        let mut rules = BTreeSet::new();
        let mut unknown = Vec::new();
        let names = found.name("rules").map_or("", |rules| rules.as_str());
        for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
            match rule_name(name) {
                Ok(name) => {
                    rules.insert(name);
                }
                Err(error) => unknown.push(error),
            }
        }
        let target = if own_line { next_code_line(file, line) } else { line };
        let whole_file = own_line && line < top;
        out.push(Ignore { rules, unknown, at, line, whole_file, target, used: BTreeSet::new() });
    }
    out
}

fn next_code_line(file: &SourceFile, line: u32) -> u32 {
    let is_comment = |line: u32| file.line(line).is_some_and(|text| text.trim_start().starts_with('#'));
    (line + 1..=file.line_count()).find(|line| !is_comment(*line)).unwrap_or(line)
}

fn complaints(ignore: &Ignore, selection: &Selection) -> Vec<Finding> {
    let info = &unused_ignore::RULE.info;
    let finding = |message: String, identity: &str| {
        Finding::new(info.name, info.severity, Place::Range(ignore.at.clone()), message).about(identity)
    };
    let mut out = Vec::new();
    for unknown in &ignore.unknown {
        let mut complaint = finding(format!("the comment ignores nothing: {unknown}"), &unknown.name);
        complaint.severity = Severity::Warning;
        out.push(complaint);
    }
    if ignore.rules.is_empty() && ignore.unknown.is_empty() {
        let help =
            Help::text("Name the rules and the reason: `# migcheck: ignore[remove-field] nothing reads it`.");
        out.push(finding("the comment ignores nothing: it names no rule".to_owned(), "").help(help));
    }
    for rule in ignore.rules.iter().filter(|rule| !ignore.used.contains(*rule) && selection.is_on(rule)) {
        let help =
            Help::text("Take the comment out, or move it to the line of the operation or just above it.");
        out.push(
            finding(format!("`{rule}` does not fire here, so the comment ignores nothing"), rule).help(help),
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str) -> Vec<String> {
        let file = SourceFile::new("/a.py".into(), "a.py", text.to_owned());
        let start = u32::try_from(text.find("RemoveField").unwrap()).unwrap();
        let at = Location { file: file.clone(), start, end: start + 11 };
        let finding = Finding::new("remove-field", Severity::Error, Place::Range(at), "drops");
        apply(vec![finding], &[file], &Selection::default()).iter().map(|f| f.rule.to_owned()).collect()
    }

    #[test]
    fn on_the_line_above_it_or_at_the_top() {
        assert!(run("x = 1\nRemoveField()  # migcheck: ignore[remove-field] unused\n").is_empty());
        assert!(
            run("x = 1\n# migcheck: ignore[remove-field] unused\n# since May\nRemoveField()\n").is_empty()
        );
        assert!(
            run("# migcheck: ignore[delete-model, remove-field] old\nx = 1\n\nRemoveField()\n").len() == 1
        );
    }

    #[test]
    fn elsewhere_or_for_another_rule_it_is_unused() {
        assert_eq!(run("x = 1\n# migcheck: ignore[remove-field] x\ny = 2\nRemoveField()\n").len(), 2);
        assert_eq!(run("x = 1\nRemoveField() # migcheck: ignore[delete-model] x\n").len(), 2);
        assert_eq!(run("x = 1\nRemoveField() # migcheck: ignore[remove-feild] x\n").len(), 2);
        assert_eq!(run("x = 1\nRemoveField() # migcheck: ignore\n").len(), 2);
    }
}
