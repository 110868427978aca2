//! The words that the reader knows, in any order: it ends, and its statements lie in the text one behind the
//! other. What no grammar allows is where a reader looks for more than there is.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::*;

const SOURCES: &[&str] = &[
    include_str!("alter_table.rs"),
    include_str!("column.rs"),
    include_str!("create.rs"),
    include_str!("cursor.rs"),
    include_str!("rows.rs"),
    include_str!("split.rs"),
    include_str!("statement.rs"),
];

/// What stands between words.
const OTHERS: &[&str] =
    &["t", "s.t", "\"q\"", "`q`", "[q]", "(", ")", ",", ";", "=", "1", "'x'", "%s", "::", "$$", "--\n", "/*"];

/// Every text in capitals that the reader's source holds.
fn words() -> Vec<&'static str> {
    let quoted = SOURCES.iter().flat_map(|source| source.split('"'));
    let is_word = |text: &&str| {
        text.len() > 1
            && text.starts_with(|c: char| c.is_ascii_uppercase())
            && text.chars().all(|c| c.is_ascii_uppercase() || " _".contains(c))
    };
    let words: BTreeSet<&str> = quoted.filter(is_word).collect();
    words.into_iter().collect()
}

/// The pieces, and some more.
fn text(words: &[&str], pieces: &[&str], state: &mut u64) -> String {
    let mut next = |below: usize| {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(*state >> 33).unwrap_or(0) % below
    };
    let mut text = pieces.join(" ");
    for _ in 0..next(7) {
        let from = if next(3) == 0 { words } else { OTHERS };
        let _ = write!(text, " {}", from[next(from.len())]);
    }
    text
}

const VENDORS: [Vendor; 5] =
    [Vendor::PostgreSql, Vendor::MySql, Vendor::MariaDb, Vendor::Sqlite, Vendor::Oracle];

/// Every pair of words begins some statement, and what two may stand behind the longest of them.
fn texts(words: &[&str], mut take: impl FnMut(Vendor, String)) {
    let mut state = 1;
    for first in words {
        for second in words {
            for vendor in VENDORS {
                take(vendor, text(words, &[first, second], &mut state));
            }
        }
    }
    for first in ["ALTER", "CREATE", "DROP"] {
        for second in words {
            for (vendor, third) in VENDORS.iter().cycle().zip(words) {
                take(*vendor, text(words, &[first, second, third], &mut state));
                take(Vendor::PostgreSql, text(&[";"], &[first, second, third], &mut state));
            }
        }
    }
}

#[test]
fn words_in_any_order_end_and_lie_in_order() {
    let words = words();
    assert!(words.len() > 150, "{}", words.len());
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        texts(&words, |vendor, text| {
            sender.send(format!("{vendor:?}: {text}")).unwrap();
            let mut end = 0;
            for statement in read(vendor, &text) {
                assert!(statement.span.start >= end && text.get(statement.span.clone()).is_some(), "{text}");
                end = statement.span.end;
            }
        });
        sender.send("the end".to_owned()).unwrap();
    });
    let mut last = String::new();
    loop {
        match receiver.recv_timeout(Duration::from_mins(1)) {
            Ok(text) => last = text,
            Err(RecvTimeoutError::Timeout) => panic!("no end: {last}"),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    assert_eq!(last, "the end");
}

/// A semicolon within a trigger's body ends nothing, so what is open begins before it.
#[test]
fn what_never_ends_within_a_body_is_one_statement() {
    let text = "SELECT 1; CREATE TRIGGER b BEGIN; SELECT 'x";
    for vendor in VENDORS {
        let spans: Vec<_> = read(vendor, text).into_iter().map(|statement| statement.span).collect();
        assert_eq!(spans, [0..8, 9..text.len()], "{vendor:?}");
    }
}
