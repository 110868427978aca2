//! Django's version, as far as behaviour depends on it.

use std::fmt;

/// `major.minor` of Django; bug-fix releases do not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DjangoVersion(pub u8, pub u8);

impl DjangoVersion {
    /// The oldest supported release.
    pub const V3_2: Self = Self(3, 2);
    /// 4.0
    pub const V4_0: Self = Self(4, 0);
    /// 4.1
    pub const V4_1: Self = Self(4, 1);
    /// 4.2
    pub const V4_2: Self = Self(4, 2);
    /// 5.0
    pub const V5_0: Self = Self(5, 0);
    /// 5.1
    pub const V5_1: Self = Self(5, 1);
    /// 5.2
    pub const V5_2: Self = Self(5, 2);
    /// 6.0
    pub const V6_0: Self = Self(6, 0);
    /// 6.1, the newest supported release.
    pub const V6_1: Self = Self(6, 1);

    /// Reads `5.2`, `5.2.3`, `6.0a1`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().trim_start_matches('v').split('.');
        let number = |part: Option<&str>| {
            let part = part?;
            let digits = part.find(|c: char| !c.is_ascii_digit()).map_or(part, |end| &part[..end]);
            digits.parse().ok()
        };
        let major = number(parts.next())?;
        Some(Self(major, number(parts.next()).unwrap_or(0)))
    }
}

impl fmt::Display for DjangoVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}
