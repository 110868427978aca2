//! Whatever a repository holds, the report's structure is the same, and nothing in it leads anywhere.

use std::sync::Arc;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use regex::Regex;

use super::*;
use crate::django::keys::{AppLabel, MigrationKey};
use crate::report::Undecided;
use crate::source::{Location, SourceFile};

/// Pieces that mean something to some Markdown, and ordinary ones between them.
const PIECES: &[&str] = &[
    "note",
    "order",
    "`",
    "``",
    "```",
    "~~~",
    "|",
    "\\",
    "\\|",
    "*",
    "**",
    "_",
    "__",
    "[x](http://evil.example)",
    "![i](http://evil.example/i.png)",
    "[a]: http://evil.example",
    "[^1]",
    "[^1]: note",
    "<b>",
    "</details>",
    "<script>alert(1)</script>",
    "<!--",
    "-->",
    "<http://evil.example>",
    "&lt;",
    "&#64;user",
    "&commat;",
    "@user",
    "@org/team",
    "#1",
    "GH-1",
    "user/repo#1",
    "user@0123456789abcdef",
    "0123456789abcdef0123456789abcdef01234567",
    "http://evil.example",
    "https://evil.example",
    "www.evil.example",
    "mailto:a@evil.example",
    "a@evil.example",
    "ftp://evil.example",
    ":tada:",
    "\n",
    "\r",
    "\r\n",
    "\n\n",
    "\t",
    "    ",
    "# h",
    "> q",
    "- l",
    "+ l",
    "1. l",
    "2) l",
    "---",
    "===",
    "| a | b |\n|---|---|",
    "- [ ] t",
    "$x$",
    "$$",
    "~~s~~",
    "==m==",
    "^s^",
    "\u{0}",
    "\u{1b}[31m",
    "\u{202e}",
    "\u{200b}",
    "\u{2028}",
    "\u{feff}",
    "größer",
    "漢字",
    "'",
    "\"",
    "&",
    "!1",
    "%1",
    "!",
    " ",
    " ",
    "{#id}",
    "[[wiki]]",
    ":::",
    "<details><summary>x</summary>",
];

/// A generator of the simplest kind: the same texts in every run.
struct Texts(u64);

impl Texts {
    fn number(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % below
    }

    fn text(&mut self) -> String {
        let count = self.number(7);
        (0..count).map(|_| PIECES[self.number(PIECES.len())]).collect()
    }

    fn finding(&mut self) -> Finding {
        let text = format!("{}\nx = 1\n{}", self.text(), self.text());
        let end = u32::try_from(text.len()).unwrap();
        let file = SourceFile::new("/a.py".into(), self.text(), text);
        let place = match self.number(2) {
            0 => Place::Path(self.text().into()),
            _ => Place::Range(Location { file, start: 0, end }),
        };
        let key = MigrationKey::new(AppLabel::new(self.text()), self.text());
        let help = Help::text(self.text()).python(self.text(), self.text()).python(self.text(), self.text());
        let message = format!("{} `{}` {}", self.text(), self.text(), self.text());
        let lock = LockInfo {
            mode: "SHARE".to_owned(),
            blocks: Blocks::Writes,
            rewrites: false,
            scans: true,
            held: false,
        };
        Finding::new("remove-field", Severity::Error, place, message)
            .of(&key)
            .table(Some(self.text()))
            .lock(Some(lock))
            .help(help)
    }

    fn report(&mut self) -> Report {
        let undecided = Undecided {
            what: self.text(),
            reason: self.text(),
            hint: None,
            path: Some(Arc::from(self.text())),
            line: Some(1),
            column: None,
        };
        let project = |texts: &mut Self| ProjectReport {
            root: texts.text(),
            findings: vec![texts.finding(), texts.finding()],
            undecided: vec![undecided.clone()],
            ..ProjectReport::default()
        };
        Report { projects: vec![project(self), project(self)], ..Report::default() }
    }
}

/// What a report is made of, apart from its words.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shape {
    headings: usize,
    tables: usize,
    rows: usize,
    cells: usize,
    items: usize,
    html: Vec<String>,
}

fn shape(markdown: &str) -> (Shape, String) {
    let mut shape = Shape::default();
    let mut prose = String::new();
    let mut in_code = false;
    for event in Parser::new_ext(markdown, Options::all()) {
        // Neighbouring pieces of text are one text to whoever reads it.
        if !matches!(event, Event::Text(_)) {
            prose.push('\n');
        }
        match event {
            Event::Start(Tag::Heading { .. }) => shape.headings += 1,
            Event::Start(Tag::Table(_)) => shape.tables += 1,
            Event::Start(Tag::TableRow) => shape.rows += 1,
            Event::Start(Tag::TableCell) => shape.cells += 1,
            Event::Start(Tag::Item) => shape.items += 1,
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Html(html) | Event::InlineHtml(html) => shape.html.push(html.trim().to_owned()),
            Event::Text(text) if !in_code => prose.push_str(&text),
            Event::Text(_)
            | Event::Code(_)
            | Event::End(_)
            | Event::SoftBreak
            | Event::HardBreak
            | Event::Start(
                Tag::Paragraph | Tag::TableHead | Tag::Strong | Tag::List(None) | Tag::HtmlBlock,
            ) => {}
            other => panic!("{other:?} in\n{markdown}"),
        }
    }
    (shape, prose)
}

#[test]
fn whatever_a_repository_holds_the_structure_stays() {
    let leads = Regex::new(
        r"(?i)@\w|#\d|gh-\d|\bwww\.\w|(http|https|ftp|mailto|xmpp):[^\s\u{200b}]|[0-9a-f]{7}|:[a-z]+:|\w/\w+#|[!%&$~]\d",
    )
    .unwrap();
    let mut texts = Texts(7);
    for _ in 0..1000 {
        let markdown = render(&texts.report());
        let (shape, prose) = shape(&markdown);
        let help = ["<details><summary>The safe way</summary>", "</details>"];
        let undecided = ["<details><summary>1 thing could not be decided</summary>", "</details>"];
        let project: Vec<&str> = help.into_iter().chain(help).chain(undecided).collect();
        let expected = Shape {
            headings: 3,
            tables: 2,
            rows: 4,
            cells: 2 * 3 * 5,
            items: 2,
            html: project.iter().chain(&project).map(|html| (*html).to_owned()).collect(),
        };
        assert_eq!(shape, expected, "{markdown}");
        assert!(!leads.is_match(&prose), "{:?} in\n{prose}\nof\n{markdown}", leads.find(&prose));
        assert!(!markdown.contains(['\u{1b}', '\u{202e}', '\u{0}']));
    }
}

#[test]
fn a_message_reads_as_it_was_meant() {
    assert_eq!(
        message("column `note` of table `shop_order` is dropped"),
        "column `note` of table `shop_order` is dropped"
    );
    assert_eq!(message("one ` alone"), "one \\` alone");
    assert_eq!(message("`a``b`"), "`a` `b`");
    assert_eq!(code("a`b"), "`a'b`");
    assert_eq!(cell("a|b"), "`a\u{a6}b`");
}
