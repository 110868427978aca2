//! A type as SQL writes it, in parts.

/// `character varying(20)[] COLLATE "C"`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TypeName {
    /// In lower case, words separated by one blank.
    pub(super) name: String,
    /// What stands in parentheses.
    pub(super) arguments: Vec<String>,
    /// `[]`, `unsigned`: what follows the parentheses, in lower case.
    pub(super) suffix: String,
    /// `COLLATE`, without quotes.
    pub(super) collation: Option<String>,
}

impl TypeName {
    /// `None` for what is no type name.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (text, collation) = split_collation(text.trim());
        let (name, rest) = if let Some((name, rest)) = text.split_once('(') {
            (name.to_owned(), Some(rest))
        } else {
            let array = text.find('[').unwrap_or(text.len());
            let (name, suffix) = text.split_at(array);
            return Self::named(name, Vec::new(), suffix, collation);
        };
        let (arguments, suffix) = rest?.rsplit_once(')')?;
        let arguments = arguments.split(',').map(|argument| argument.trim().to_owned()).collect();
        Self::named(&name, arguments, suffix, collation)
    }

    fn named(name: &str, arguments: Vec<String>, suffix: &str, collation: Option<String>) -> Option<Self> {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
        let name = words(name).replace('"', "");
        (!name.is_empty()).then(|| Self { name, arguments, suffix: words(suffix), collation })
    }

    /// The arguments as numbers; `None` if one is none.
    pub(super) fn numbers(&self) -> Option<Vec<u32>> {
        self.arguments.iter().map(|argument| argument.parse().ok()).collect()
    }
}

fn split_collation(text: &str) -> (&str, Option<String>) {
    // ASCII case only: positions in both texts are the same.
    match text.to_ascii_lowercase().find(" collate ") {
        Some(at) => {
            let (before, after) = text.split_at(at);
            let name = after.get(" collate ".len()..).unwrap_or_default().trim();
            (before, Some(name.trim_matches(['"', '`']).to_owned()))
        }
        None => (text, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_is_taken_apart() {
        let parsed = TypeName::parse("Character  Varying(20)[] COLLATE \"C\"").unwrap();
        assert_eq!(parsed.name, "character varying");
        assert_eq!(parsed.numbers(), Some(vec![20]));
        assert_eq!(parsed.suffix, "[]");
        assert_eq!(parsed.collation.as_deref(), Some("C"));
        assert_eq!(TypeName::parse("int unsigned").unwrap().name, "int unsigned");
        assert_eq!(TypeName::parse("integer[]").unwrap().suffix, "[]");
        assert_eq!(TypeName::parse("enum('a', 'b')").unwrap().arguments, ["'a'", "'b'"]);
        assert_eq!(TypeName::parse("enum('a', 'b')").unwrap().numbers(), None);
        assert_eq!(TypeName::parse("varchar(20"), None);
        assert_eq!(TypeName::parse(""), None);
    }
}
