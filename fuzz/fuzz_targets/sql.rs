#![no_main]
//! The reader of `RunSQL`, on every database: statements lie in the text, in order and beside each other.

use libfuzzer_sys::fuzz_target;
use migcheck::database::sql::{self, Reading};
use migcheck::database::Vendor;

fuzz_target!(|text: &str| {
    for vendor in [Vendor::PostgreSql, Vendor::MySql, Vendor::MariaDb, Vendor::Sqlite, Vendor::Oracle] {
        let mut end = 0;
        for statement in sql::read(vendor, text) {
            assert!(statement.span.start >= end && statement.span.end <= text.len(), "{:?}", statement.span);
            assert!(text.get(statement.span.clone()).is_some(), "{:?} is not of whole letters", statement.span);
            if let Reading::Unparsed(unparsed) = &statement.reading {
                assert!(unparsed.at <= text.len(), "{} of {}", unparsed.at, text.len());
            }
            end = statement.span.end;
        }
    }
});
