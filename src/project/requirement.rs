//! Version specifiers, as far as it takes to know which release of Django is meant (PEP 440, PEP 508,
//! and poetry's `^` and `~`).

use crate::django::version::DjangoVersion;

/// Releases of Django that are supported, newest first.
pub const SUPPORTED: [DjangoVersion; 9] = [
    DjangoVersion::V6_1,
    DjangoVersion::V6_0,
    DjangoVersion::V5_2,
    DjangoVersion::V5_1,
    DjangoVersion::V5_0,
    DjangoVersion::V4_2,
    DjangoVersion::V4_1,
    DjangoVersion::V4_0,
    DjangoVersion::V3_2,
];

/// Bug-fix releases that are tried against a specifier: no series has had more.
const BUGFIXES: u64 = 60;

/// The specifiers of a requirement on Django: `>=4.2,<5` of `Django[argon2]>=4.2,<5 ; marker`.
pub fn of_django(line: &str) -> Option<&str> {
    let line = line.trim();
    let rest = line.get(..6).filter(|name| name.eq_ignore_ascii_case("django")).and(line.get(6..))?;
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1.trim_start(),
        None => rest,
    };
    let end = rest.find([';', '#', '\\']).unwrap_or(rest.len());
    let specifiers = rest.get(..end)?.trim().trim_start_matches('(').trim_end_matches(')');
    // `--hash=…` follows the version in locked files.
    let specifiers = specifiers.split(" --").next()?.trim();
    let plain = specifiers.is_empty() || specifiers.starts_with(['=', '<', '>', '~', '!']);
    plain.then_some(specifiers)
}

/// What specifiers allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Allowed {
    /// One series alone, supported or not.
    Exactly(DjangoVersion),
    /// Several; the newest that is supported.
    Newest(DjangoVersion),
    /// None that is supported.
    Nothing,
}

/// Which release specifiers mean.
pub fn allowed(specifiers: &str) -> Allowed {
    let parts: Vec<&str> = specifiers.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    for part in &parts {
        let exact = part.strip_prefix("===").or_else(|| part.strip_prefix("=="));
        let bare = part.starts_with(|c: char| c.is_ascii_digit()).then_some(*part);
        if let Some(version) = exact.or(bare).map(str::trim)
            && let Some(parsed) = DjangoVersion::parse(version)
            && version.contains('.')
            && !version.trim_end_matches(".*").chars().all(|c| c.is_ascii_digit())
        {
            return Allowed::Exactly(parsed);
        }
    }
    let fits: Vec<DjangoVersion> = SUPPORTED
        .into_iter()
        .filter(|version| {
            (0..=BUGFIXES).any(|fix| {
                let release = [u64::from(version.0), u64::from(version.1), fix];
                parts.iter().all(|part| matches(part, release))
            })
        })
        .collect();
    match fits[..] {
        [] => Allowed::Nothing,
        [only] => Allowed::Exactly(only),
        [newest, ..] => Allowed::Newest(newest),
    }
}

fn matches(specifier: &str, release: [u64; 3]) -> bool {
    let split = specifier.find(|c: char| c.is_ascii_digit()).unwrap_or(specifier.len());
    let (operator, version) = specifier.split_at(split);
    let wild = version.ends_with(".*");
    let numbers: Vec<u64> = version
        .trim_end_matches(".*")
        .split('.')
        .take(3)
        .map(|part| {
            let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
            part.get(..end).and_then(|digits| digits.parse().ok()).unwrap_or(0)
        })
        .collect();
    let given = |index: usize| numbers.get(index).copied().unwrap_or(0);
    let full = [given(0), given(1), given(2)];
    let same = |parts: usize| release.iter().zip(&full).take(parts).all(|(a, b)| a == b);
    match operator.trim() {
        "==" | "===" | "" | "=" => {
            if wild {
                same(numbers.len())
            } else {
                numbers.is_empty() || release == full
            }
        }
        "!=" => {
            if wild {
                !same(numbers.len())
            } else {
                release != full
            }
        }
        ">=" => release >= full,
        "<=" => release <= full,
        ">" => release > full,
        "<" => release < full,
        "~=" => release >= full && same(numbers.len().saturating_sub(1)),
        "~" => release >= full && same(numbers.len().clamp(1, 2)),
        "^" => release >= full && same(1),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_djangos_line_and_no_other() {
        assert_eq!(of_django("Django==5.2.3"), Some("==5.2.3"));
        assert_eq!(of_django("django[argon2] >=4.2, <5 ; python_version > '3.8'"), Some(">=4.2, <5"));
        assert_eq!(of_django("django==4.2.1 --hash=sha256:00 \\"), Some("==4.2.1"));
        assert_eq!(of_django("django"), Some(""));
        assert_eq!(of_django("django-environ==0.11"), None);
        assert_eq!(of_django("djangorestframework>=3"), None);
        assert_eq!(of_django("d\u{e9}jangos"), None);
    }

    #[test]
    fn takes_the_newest_supported_release_within_a_range() {
        let newest = |text| allowed(text);
        assert_eq!(newest("==5.2.3"), Allowed::Exactly(DjangoVersion::V5_2));
        assert_eq!(newest("==2.2.1"), Allowed::Exactly(DjangoVersion(2, 2)));
        assert_eq!(newest("~=4.2.1"), Allowed::Exactly(DjangoVersion::V4_2));
        assert_eq!(newest("~=4.0"), Allowed::Newest(DjangoVersion::V4_2));
        assert_eq!(newest(">=4.2,<5.2"), Allowed::Newest(DjangoVersion::V5_1));
        assert_eq!(newest(">=4.2,<5.2,!=5.1.*"), Allowed::Newest(DjangoVersion::V5_0));
        assert_eq!(newest("^5.0"), Allowed::Newest(DjangoVersion::V5_2));
        assert_eq!(newest("~5.1"), Allowed::Exactly(DjangoVersion::V5_1));
        assert_eq!(newest("==5.*"), Allowed::Newest(DjangoVersion::V5_2));
        assert_eq!(newest(""), Allowed::Newest(DjangoVersion::V6_1));
        assert_eq!(newest("*"), Allowed::Newest(DjangoVersion::V6_1));
        assert_eq!(newest("<3"), Allowed::Nothing);
    }
}
