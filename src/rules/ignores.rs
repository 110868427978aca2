//! `# migcheck: ignore[rule] reason`, on or above what it is about, or at the top of the file.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use super::comments::comments;
use super::selection::{Selection, rule_name};
use super::{by_name, unused_ignore};
use crate::database::Vendor;
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

/// Where comments count, and where one that silences nothing may be told.
#[derive(Debug)]
pub struct Scope<'a> {
    /// Files whose comments count, findings' own files included.
    pub files: &'a [Arc<SourceFile>],
    /// Paths of files that were not looked at in full: what fires there is not known.
    pub partial: &'a BTreeSet<&'a str>,
    /// Which rules are on.
    pub selection: &'a Selection,
    /// The database; rules for others don't fire.
    pub vendor: Vendor,
}

/// Takes out the findings that comments of their files silence, and adds `unused-ignore` for those
/// that silence nothing.
pub fn apply(findings: Vec<Finding>, scope: &Scope<'_>) -> Vec<Finding> {
    let mut by_file = BTreeMap::<String, Vec<Ignore>>::new();
    for file in scope.files {
        if file.text().contains("migcheck:") && !by_file.contains_key(file.display()) {
            by_file.insert(file.display().to_owned(), read(file));
        }
    }
    let mut kept: Vec<_> =
        findings.into_iter().filter(|finding| !is_silenced(finding, &mut by_file)).collect();
    for ignore in by_file.values().flatten() {
        kept.extend(complaints(ignore, scope));
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

/// The comments of a file that ask for silence.
fn read(file: &Arc<SourceFile>) -> Vec<Ignore> {
    let Some(pattern) = COMMENT.as_ref() else { return Vec::new() };
    let comments = comments(file.text());
    let lines = Lines::new(file, &comments);
    let mut out = Vec::new();
    for range in &comments {
        let text = file.text().get(range.clone()).unwrap_or_default();
        // A comment may say more than one such thing, and other things before it.
        for found in pattern.captures_iter(text) {
            let Some(whole) = found.get(0) else { continue };
            let offset = |at: usize| u32::try_from(range.start + at).unwrap_or(u32::MAX);
            let at = Location { file: file.clone(), start: offset(whole.start()), end: offset(whole.end()) };
            let line = at.line();
            let (rules, unknown) = names(found.name("rules").map_or("", |rules| rules.as_str()));
            let target = lines.target(line);
            let whole_file = lines.is_comment(line) && line < lines.first_code;
            out.push(Ignore { rules, unknown, at, line, whole_file, target, used: BTreeSet::new() });
        }
    }
    out
}

/// The rules that a comment names, and names that no rule bears.
fn names(list: &str) -> (BTreeSet<&'static str>, Vec<super::selection::UnknownRule>) {
    let mut rules = BTreeSet::new();
    let mut unknown = Vec::new();
    for name in list.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        match rule_name(name) {
            Ok(name) => {
                rules.insert(name);
            }
            Err(error) => unknown.push(error),
        }
    }
    (rules, unknown)
}

/// Which lines hold a comment alone.
struct Lines {
    /// Each with the first line below it that is none.
    comments: BTreeMap<u32, u32>,
    /// The first line that is neither blank nor a comment.
    first_code: u32,
}

impl Lines {
    fn new(file: &Arc<SourceFile>, ranges: &[Range<usize>]) -> Self {
        let mut comments = BTreeMap::new();
        for range in ranges.iter().rev() {
            let at = u32::try_from(range.start).unwrap_or(u32::MAX);
            let line = Location { file: file.clone(), start: at, end: at }.line();
            if file.line(line).is_some_and(|text| text.trim_start().starts_with('#')) {
                let below = comments.get(&(line + 1)).copied().unwrap_or(line + 1);
                comments.insert(line, below);
            }
        }
        let blank = |line: u32| file.line(line).is_none_or(|text| text.trim().is_empty());
        let first_code = (1..=file.line_count()).find(|line| !blank(*line) && !comments.contains_key(line));
        Self { comments, first_code: first_code.unwrap_or(u32::MAX) }
    }

    fn is_comment(&self, line: u32) -> bool {
        self.comments.contains_key(&line)
    }

    /// The line that a comment is about: its own, or the first below that is no comment.
    fn target(&self, line: u32) -> u32 {
        self.comments.get(&line).copied().unwrap_or(line)
    }
}

fn complaints(ignore: &Ignore, scope: &Scope<'_>) -> Vec<Finding> {
    let info = &unused_ignore::RULE.info;
    if ignore.rules.contains(info.name) {
        return Vec::new();
    }
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
    let runs = |rule: &str| {
        scope.selection.is_on(rule)
            && by_name(rule).is_some_and(|rule| rule.info.dialects.contains(scope.vendor))
    };
    let partial = scope.partial.contains(ignore.at.file.display());
    for rule in ignore.rules.iter().filter(|rule| !partial && !ignore.used.contains(*rule) && runs(rule)) {
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
        let (files, partial, selection) = ([file], BTreeSet::new(), Selection::default());
        let scope = Scope { files: &files, partial: &partial, selection: &selection, vendor: Vendor::Sqlite };
        apply(vec![finding], &scope).iter().map(|f| f.rule.to_owned()).collect()
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
    fn what_looks_like_one_within_a_string_is_none() {
        assert_eq!(run("x = '# migcheck: ignore[remove-field] no'; RemoveField()\n"), ["remove-field"]);
        let text = "\"\"\"\n# migcheck: ignore[remove-field]\n\"\"\"\nRemoveField()\n";
        assert_eq!(run(text), ["remove-field"]);
        assert!(
            run("x = 'it''s'\nRemoveField('#')  # noqa # migcheck: ignore[remove-field] unused\n").is_empty()
        );
    }

    #[test]
    fn a_rule_that_does_not_run_is_not_unused() {
        assert_eq!(run("x = 1\nRemoveField() # migcheck: ignore[blocking-index] big\n"), ["remove-field"]);
    }

    #[test]
    fn elsewhere_or_for_another_rule_it_is_unused() {
        assert_eq!(run("x = 1\n# migcheck: ignore[remove-field] x\ny = 2\nRemoveField()\n").len(), 2);
        assert_eq!(run("x = 1\nRemoveField() # migcheck: ignore[delete-model] x\n").len(), 2);
        assert_eq!(run("x = 1\nRemoveField() # migcheck: ignore[remove-feild] x\n").len(), 2);
        assert_eq!(run("x = 1\nRemoveField() # migcheck: ignore\n").len(), 2);
    }
}
