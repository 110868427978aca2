//! The time, which nothing but the command line asks for.

use std::time::{SystemTime, UNIX_EPOCH};

/// A moment in UTC, to the minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
}

impl Moment {
    /// Now, or what `SOURCE_DATE_EPOCH` says
    /// (<https://reproducible-builds.org/specs/source-date-epoch/>).
    pub fn now() -> Self {
        let told = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.trim().parse().ok());
        let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        Self::of_unix_time(told.unwrap_or_else(now))
    }

    fn of_unix_time(seconds: u64) -> Self {
        let minutes = i64::try_from(seconds / 60).unwrap_or(0);
        let (days, minutes) = (minutes / 1440, minutes % 1440);
        // The proleptic Gregorian calendar, counted in years that begin in March, from the first of
        // March of the year 0.
        let days = days + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month + 2) / 5 + 1;
        let (month, year) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        let year = year + year_of_era + era * 400;
        Self { year, month, day, hour: minutes / 60, minute: minutes % 60 }
    }

    /// `get_migration_name_timestamp` (`django/db/migrations/utils.py`): `20240131_1200`.
    pub fn in_name(self) -> String {
        let Self { year, month, day, hour, minute } = self;
        format!("{year:04}{month:02}{day:02}_{hour:02}{minute:02}")
    }

    /// As in a migration's header: `2024-01-31 12:00`.
    pub fn in_header(self) -> String {
        let Self { year, month, day, hour, minute } = self;
        format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn moments_are_those_of_the_calendar() {
        let moments = [
            (0, "1970-01-01 00:00"),
            (951_782_340, "2000-02-28 23:59"),
            (951_868_800, "2000-03-01 00:00"),
            (1_706_702_400, "2024-01-31 12:00"),
            (1_709_251_199, "2024-02-29 23:59"),
            (4_107_542_400, "2100-03-01 00:00"),
        ];
        for (seconds, text) in moments {
            assert_eq!(Moment::of_unix_time(seconds).in_header(), text);
        }
        assert_eq!(Moment::of_unix_time(1_706_702_400).in_name(), "20240131_1200");
    }
}
