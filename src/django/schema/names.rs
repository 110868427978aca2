//! Names as Django makes and quotes them (`django/db/backends/utils.py`,
//! `BaseDatabaseSchemaEditor._create_index_name`, 3.2 to 6.1).

use md5::{Digest, Md5};

use crate::database::Vendor;

/// `ops.max_name_length()`; `None` where there is no limit.
pub fn max_name_length(vendor: Vendor) -> Option<usize> {
    match vendor {
        Vendor::PostgreSql => Some(63),
        Vendor::MySql | Vendor::MariaDb => Some(64),
        Vendor::Sqlite => None,
        Vendor::Oracle => Some(30),
    }
}

/// `names_digest`: the first `length` hexadecimal digits of the MD5 of all parts.
pub fn names_digest<'a>(parts: impl IntoIterator<Item = &'a str>, length: usize) -> String {
    let mut hash = Md5::new();
    for part in parts {
        hash.update(part.as_bytes());
    }
    let digest = hash.finalize();
    let mut text = String::with_capacity(32);
    for byte in digest {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    text.truncate(length);
    text
}

/// `split_identifier`: namespace and name of `schema"."table`.
pub fn split_identifier(identifier: &str) -> (&str, &str) {
    let mut parts = identifier.split("\".\"");
    match (parts.next(), parts.next(), parts.next()) {
        (Some(namespace), Some(name), None) => (namespace.trim_matches('"'), name.trim_matches('"')),
        _ => ("", identifier.trim_matches('"')),
    }
}

/// `strip_quotes`
pub fn strip_quotes(name: &str) -> &str {
    name.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(name)
}

/// `truncate_name` with its usual hash of four digits.
pub fn truncate_name(identifier: &str, length: Option<usize>) -> String {
    let (namespace, name) = split_identifier(identifier);
    let Some(length) = length.filter(|length| name.chars().count() > *length) else {
        return identifier.to_owned();
    };
    let digest = names_digest([name], 4);
    let head: String = name.chars().take(length.saturating_sub(4)).collect();
    if namespace.is_empty() { format!("{head}{digest}") } else { format!("{namespace}\".\"{head}{digest}") }
}

/// `_create_index_name`: table, columns, digest and suffix, shortened to what the database allows.
pub fn create_index_name(vendor: Vendor, table: &str, columns: &[&str], suffix: &str) -> String {
    let (_, table) = split_identifier(table);
    let digest = names_digest(std::iter::once(table).chain(columns.iter().copied()), 8);
    let mut tail = format!("{digest}{suffix}");
    let limit = max_name_length(vendor).unwrap_or(200);
    let columns = columns.join("_");
    let name = format!("{table}_{columns}_{tail}");
    if name.chars().count() <= limit {
        return name;
    }
    // `len > limit / 3` compares with a fraction in Python.
    if tail.chars().count() * 3 > limit {
        tail = tail.chars().take(limit / 3).collect();
    }
    let other = ((limit - tail.chars().count()) / 2).saturating_sub(1);
    let cut = |text: &str| text.chars().take(other).collect::<String>();
    let name = format!("{}_{}_{tail}", cut(table), cut(&columns));
    if name.starts_with(|first: char| first == '_' || first.is_numeric()) {
        let mut shorter = name;
        shorter.pop();
        return format!("D{shorter}");
    }
    name
}

/// `ops.quote_name`
pub fn quote_name(vendor: Vendor, name: &str) -> String {
    match vendor {
        Vendor::PostgreSql | Vendor::Sqlite => {
            if name.len() > 1 && name.starts_with('"') && name.ends_with('"') {
                name.to_owned()
            } else {
                format!("\"{name}\"")
            }
        }
        Vendor::MySql | Vendor::MariaDb => {
            if name.len() > 1 && name.starts_with('`') && name.ends_with('`') {
                name.to_owned()
            } else {
                format!("`{name}`")
            }
        }
        Vendor::Oracle => {
            if name.starts_with('"') || name.ends_with('"') {
                name.to_uppercase()
            } else {
                format!("\"{}\"", truncate_name(name, max_name_length(vendor))).to_uppercase()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_indexes_are_hashed_as_django_does() {
        let name = create_index_name(Vendor::PostgreSql, "django_admin_log", &["user_id"], "");
        assert_eq!(name, "django_admin_log_user_id_c564eba6");
        let fk = "_fk_auth_user_id";
        assert_eq!(
            create_index_name(Vendor::PostgreSql, "django_admin_log", &["user_id"], fk),
            "django_admin_log_user_id_c564eba6_fk_auth_user_id"
        );
        let long = "_fk_django_content_type_id";
        assert_eq!(
            create_index_name(Vendor::PostgreSql, "django_admin_log", &["content_type_id"], long),
            "django_admin_log_content_type_id_c4bce8eb_fk_django_co"
        );
    }

    #[test]
    fn long_tables_are_truncated_with_a_digest() {
        let name = "a".repeat(70);
        assert_eq!(truncate_name(&name, Some(63)).len(), 63);
        assert_eq!(truncate_name("short", Some(63)), "short");
        assert_eq!(split_identifier("\"one\".\"two\""), ("one", "two"));
    }
}
