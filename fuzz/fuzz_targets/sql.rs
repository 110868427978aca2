#![no_main]
//! The reader of `RunSQL`, on every database.

use libfuzzer_sys::fuzz_target;
use migcheck::database::{Vendor, sql};

fuzz_target!(|text: &str| {
    for vendor in [Vendor::PostgreSql, Vendor::MySql, Vendor::MariaDb, Vendor::Sqlite, Vendor::Oracle] {
        let _ = sql::read(vendor, text);
    }
});
