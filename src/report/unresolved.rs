//! What could not be worked out, for people: one line a reason, with what it concerns.

use std::fmt::Write as _;

use super::printable::one_line;

/// Most reasons that are shown.
const REASONS: usize = 10;
/// Most subjects of one reason that are shown.
const SUBJECTS: usize = 3;

/// Lines of reasons, the first ones met first; what is left out is counted.
#[derive(Debug, Default)]
pub(crate) struct Reasons {
    entries: Vec<Reason>,
}

#[derive(Debug)]
struct Reason {
    text: String,
    place: Option<String>,
    subjects: Vec<String>,
}

impl Reasons {
    /// Adds a subject, if it is about one, to its reason at a place (`path:line`).
    pub fn add(&mut self, subject: Option<String>, reason: &str, place: Option<String>) {
        let known = self.entries.iter().position(|entry| entry.text == reason && entry.place == place);
        let index = known.unwrap_or_else(|| {
            self.entries.push(Reason { text: reason.to_owned(), place, subjects: Vec::new() });
            self.entries.len() - 1
        });
        if let (Some(entry), Some(subject)) = (self.entries.get_mut(index), subject)
            && !entry.subjects.contains(&subject)
        {
            entry.subjects.push(subject);
        }
    }

    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The lines, each indented by two.
    pub fn to_text(&self) -> String {
        let mut text = String::new();
        for Reason { text: reason, place, subjects } in self.entries.iter().take(REASONS) {
            let place = place.as_ref().map_or_else(String::new, |place| format!("{}: ", one_line(place)));
            let _ = writeln!(text, "  {place}{}", one_line(reason));
            let shown: Vec<_> = subjects.iter().take(SUBJECTS).map(|subject| one_line(subject)).collect();
            let more = subjects.len().saturating_sub(SUBJECTS);
            let more = if more == 0 { String::new() } else { format!("; and {more} more") };
            if !shown.is_empty() {
                let _ = writeln!(text, "    {}{more}", shown.join("; "));
            }
        }
        let more = self.entries.len().saturating_sub(REASONS);
        if more > 0 {
            let _ = writeln!(text, "  … and {more} more (--json lists all)");
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Reasons;

    #[test]
    fn subjects_of_one_reason_stand_together_and_many_are_counted() {
        let mut reasons = Reasons::default();
        for name in ["a", "b", "b", "c", "d", "e"] {
            reasons.add(Some(format!("shop.{name}")), "its base is not at hand", None);
        }
        for number in 0..12 {
            reasons.add(Some("stock.bin".into()), &format!("reason {number}"), None);
        }
        insta::assert_snapshot!(reasons.to_text(), @r"
          its base is not at hand
            shop.a; shop.b; shop.c; and 2 more
          reason 0
            stock.bin
          reason 1
            stock.bin
          reason 2
            stock.bin
          reason 3
            stock.bin
          reason 4
            stock.bin
          reason 5
            stock.bin
          reason 6
            stock.bin
          reason 7
            stock.bin
          reason 8
            stock.bin
          … and 3 more (--json lists all)
        ");
    }
}
