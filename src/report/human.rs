//! For people at a terminal: each finding with its excerpt and the safe way, then a summary.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::Arc;

use ariadne::{Color, Config, IndexType, Label, LabelAttach, ReportKind, Source};

use super::concise::summary_line;
use super::printable::{one_line, printable};
use super::{Finding, Help, Place, Report, Severity, Undecided};
use crate::source::{Location, SourceFile};

/// How many undecided things are listed by name; the rest is counted.
const UNDECIDED_SHOWN: usize = 10;
/// How many lines are shown below the first of what a finding is about.
const EXCERPT_LINES: u32 = 7;
/// A line longer than this is not shown as an excerpt.
const LONGEST_LINE: usize = 300;

/// The report for a terminal; with `colour`, ANSI escapes.
pub fn render(report: &Report, colour: bool) -> String {
    let mut out = String::new();
    let mut sources = Sources::default();
    let paint = Paint(colour);
    for project in &report.projects {
        if report.projects.len() > 1 && !(project.findings.is_empty() && project.undecided.is_empty()) {
            let _ = writeln!(out, "{}\n", paint.bold(&format!("project {}", one_line(&project.root))));
        }
        for finding in &project.findings {
            write_finding(&mut out, finding, &mut sources, paint);
            out.push('\n');
        }
        write_undecided(&mut out, &project.undecided, paint);
    }
    let summary = summary_line(report);
    let worst = report.projects.iter().flat_map(|project| &project.findings).map(|f| f.severity).min();
    let _ = writeln!(
        out,
        "{}",
        match worst {
            Some(severity) => paint.severity(severity, &summary),
            None => paint.green(&summary),
        }
    );
    out
}

fn write_finding(out: &mut String, finding: &Finding, sources: &mut Sources, paint: Paint) {
    let excerpt = match &finding.place {
        Place::Range(at) => excerpt(finding, at, sources, paint),
        Place::Path(_) => None,
    };
    let head = format!("{}[{}]:", finding.severity, finding.rule);
    let _ = writeln!(out, "{} {}", paint.severity(finding.severity, &head), one_line(&finding.message));
    if let Some(text) = excerpt {
        out.push_str(&text);
    } else {
        let start = finding.place.start();
        let at = match &finding.place {
            Place::Range(_) => {
                format!("{}:{}:{}", one_line(finding.place.shown()), start.line, start.column)
            }
            Place::Path(path) => one_line(path),
        };
        let _ = writeln!(out, "   {} {at}", paint.dim("╭─▸"));
    }
    if let Some(help) = &finding.help {
        write_help(out, help, paint);
    }
}

fn write_help(out: &mut String, help: &Help, paint: Paint) {
    let mut lines = help.text.lines();
    if let Some(first) = lines.next() {
        let _ = writeln!(out, "   {} {}", paint.cyan("help:"), printable(first));
        for line in lines {
            let _ = writeln!(out, "         {}", printable(line));
        }
    }
    for block in &help.code {
        let _ = writeln!(out, "\n     {}", paint.dim(&format!("# {}", one_line(&block.caption))));
        for line in block.code.lines() {
            let line = printable(line);
            if line.is_empty() {
                out.push('\n');
            } else {
                let _ = writeln!(out, "     {}", paint.green(&line));
            }
        }
    }
}

fn write_undecided(out: &mut String, undecided: &[Undecided], paint: Paint) {
    if undecided.is_empty() {
        return;
    }
    let _ = writeln!(out, "{}", paint.bold("Not decided, so something may have been missed here:"));
    for item in undecided.iter().take(UNDECIDED_SHOWN) {
        let place = match (&item.path, item.line, item.column) {
            (Some(path), Some(line), Some(column)) => format!("{path}:{line}:{column}: "),
            (Some(path), Some(line), None) => format!("{path}:{line}: "),
            (Some(path), None, _) => format!("{path}: "),
            (None, ..) => String::new(),
        };
        let _ = writeln!(out, "  {}{}: {}", one_line(&place), one_line(&item.what), one_line(&item.reason));
        if let Some(hint) = &item.hint {
            let _ = writeln!(out, "      {} {}", paint.cyan("help:"), one_line(hint));
        }
    }
    if let Some(more) = undecided.len().checked_sub(UNDECIDED_SHOWN).filter(|more| *more > 0) {
        let _ = writeln!(out, "  … and {more} more (`--format json` lists all)");
    }
    out.push('\n');
}

/// The finding's title and the lines it is about, drawn by ariadne; `None` where there is nothing to draw.
fn excerpt(finding: &Finding, at: &Location, sources: &mut Sources, paint: Paint) -> Option<String> {
    let colour = Paint::of(finding.severity);
    let start = at.start();
    let line = at.file.line(start.line)?;
    if line.chars().count() > LONGEST_LINE {
        return None;
    }
    let (id, span) = sources.span(at)?;
    let config = Config::new()
        .with_color(paint.0)
        .with_index_type(IndexType::Char)
        .with_label_attach(LabelAttach::Start)
        .with_tab_width(4);
    let primary = primary_label(finding, (id.clone(), span.clone())).with_color(colour).with_priority(1);
    // One file after the other, each from top to bottom: else ariadne draws a file twice.
    let order = |label_at: &Location, line: u32| {
        let file = label_at.file.display();
        (
            file != at.file.display(),
            file.to_owned(),
            line,
            if line == label_at.line() { label_at.start } else { 0 },
        )
    };
    let mut labels = vec![(order(at, start.line), primary)];
    // Lines are drawn only where there is a label; one without words draws its line and nothing else.
    let last = at.end().line.min(start.line.saturating_add(EXCERPT_LINES));
    for line in start.line + 1..=last {
        if let Some(span) = sources.line(&at.file, line) {
            labels.push((order(at, line), Label::new(span).with_color(colour)));
        }
    }
    for label in &finding.labels {
        let short =
            label.at.file.line(label.at.line()).is_some_and(|line| line.chars().count() <= LONGEST_LINE);
        if let Some(span) = sources.span(&label.at).filter(|_| short) {
            let text = one_line(&label.text);
            let label_order = order(&label.at, label.at.line());
            labels.push((label_order, Label::new(span).with_message(text).with_color(Color::Blue)));
        }
    }
    labels.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut report = ariadne::Report::build(ReportKind::Error, (id, span)).with_config(config);
    report.add_labels(labels.into_iter().map(|(_, label)| label));
    let mut bytes = Vec::new();
    report.finish().write(&mut *sources, &mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let mut out = String::with_capacity(text.len());
    // ariadne's own title knows neither the rule's name nor, with colours off, to be plain.
    for line in text.lines().skip(1) {
        out.push_str(line.trim_end());
        out.push('\n');
    }
    Some(out)
}

/// The mark under the excerpt; ariadne draws one only where it has words to put there.
fn primary_label<S: ariadne::Span>(finding: &Finding, span: S) -> Label<S> {
    let label = Label::new(span);
    match (&finding.lock, &finding.table) {
        (Some(lock), table) => {
            let brief = if lock.is_brief() { ", briefly" } else { "" };
            let table = table.as_ref().map_or_else(String::new, |table| format!(" on table {table}"));
            label.with_message(one_line(&format!("takes a lock{table}: {}{brief}", lock.mode)))
        }
        (None, Some(table)) => label.with_message(one_line(&format!("on table {table}"))),
        (None, None) => label.with_message("here"),
    }
}

/// The files that excerpts are cut from, each split into lines once.
#[derive(Default)]
struct Sources {
    by_path: HashMap<Arc<str>, Source<String>>,
}

impl Sources {
    /// The part of a place that is drawn, counted in characters: its first line, so that a long
    /// operation does not fill the screen.
    fn span(&mut self, at: &Location) -> Option<(Arc<str>, std::ops::Range<usize>)> {
        let id: Arc<str> = at.file.display().into();
        let text = at.file.text();
        let source =
            self.by_path.entry(id.clone()).or_insert_with(|| Source::from(printable(text).into_owned()));
        let first = text.get(at.start as usize..)?;
        let line_end = first.find(['\n', '\r']).unwrap_or(first.len());
        let wanted = (at.end.max(at.start) - at.start) as usize;
        let length = first.get(..wanted.min(line_end))?.chars().count().max(1);
        let start = text.get(..at.start as usize)?.chars().count();
        let end = (start + length).min(source.len());
        (start < end).then_some((id, start..end))
    }
}

impl Sources {
    /// A line without its indentation; `None` where it is blank or too long to be shown.
    fn line(&mut self, file: &SourceFile, line: u32) -> Option<(Arc<str>, std::ops::Range<usize>)> {
        let text = file.line(line)?;
        let source = self.by_path.get(file.display())?;
        let start = source.line(usize::try_from(line).ok()?.checked_sub(1)?)?.offset();
        let indent = text.chars().take_while(|c| c.is_whitespace()).count();
        let length = text.chars().count();
        (indent < length && length <= LONGEST_LINE)
            .then(|| (file.display().into(), start + indent..start + length))
    }
}

impl ariadne::Cache<Arc<str>> for &mut Sources {
    type Storage = String;

    fn fetch(&mut self, id: &Arc<str>) -> Result<&Source<String>, impl std::fmt::Debug> {
        self.by_path.get(id).ok_or("file was not read")
    }

    fn display<'a>(&self, id: &'a Arc<str>) -> Option<impl std::fmt::Display + 'a> {
        Some(one_line(id))
    }
}

/// ANSI escapes, or none.
#[derive(Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn wrap(self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn bold(self, text: &str) -> String {
        self.wrap("1", text)
    }

    fn dim(self, text: &str) -> String {
        self.wrap("2", text)
    }

    fn green(self, text: &str) -> String {
        self.wrap("32", text)
    }

    fn cyan(self, text: &str) -> String {
        self.wrap("1;36", text)
    }

    fn of(severity: Severity) -> Color {
        match severity {
            Severity::Error => Color::Red,
            Severity::Warning => Color::Yellow,
            Severity::Info => Color::Cyan,
            Severity::Pedantic => Color::Magenta,
        }
    }

    fn severity(self, severity: Severity, text: &str) -> String {
        let code = match severity {
            Severity::Error => "1;31",
            Severity::Warning => "1;33",
            Severity::Info => "1;36",
            Severity::Pedantic => "1;35",
        };
        self.wrap(code, text)
    }
}
