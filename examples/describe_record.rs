//! Describes the operations of a record of real Django and compares with Django's own words.
//!
//! `cargo run --example describe_record -- RECORD.json.gz …`. Prints every difference; exit status
//! 1 where there is one.

#[path = "../tests/support/record.rs"]
mod record;

use std::path::Path;
use std::process::ExitCode;

use migcheck::django::operations::{Operation, OperationKind};
use migcheck::django::version::DjangoVersion;
use record::Record;
use serde_json::Value as Json;

fn main() -> ExitCode {
    let mut failed = false;
    for path in std::env::args().skip(1) {
        match Record::read(Path::new(&path)) {
            Ok(record) => failed |= compare(&path, &record) > 0,
            Err(error) => {
                failed = true;
                println!("{path}: {error}");
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn compare(path: &str, record: &Record) -> usize {
    let mut tally = (0, 0);
    for (key, _) in record.json["migrations"].as_object().into_iter().flatten() {
        let Some(migration) = record::migration(key, &record.json["migrations"]) else { continue };
        let theirs = &record.json["migrations"][key]["operations"];
        compare_all(key, &migration.operations, theirs, record.version, &mut tally);
    }
    println!("{path}: {} operations, {} differences", tally.0, tally.1);
    tally.1
}

fn compare_all(
    key: &str,
    ours: &[Operation],
    theirs: &Json,
    version: DjangoVersion,
    tally: &mut (usize, usize),
) {
    for (place, (ours, theirs)) in ours.iter().zip(theirs.as_array().into_iter().flatten()).enumerate() {
        let (described, class) = (ours.describe(version), ours.class_name());
        tally.0 += 1;
        if Some(described.as_str()) != theirs["describe"].as_str() || Some(class) != theirs["class"].as_str()
        {
            tally.1 += 1;
            println!("{key}[{place}] ours:   {class}: {described}");
            println!("{key}[{place}] theirs: {}: {}", theirs["class"], theirs["describe"]);
        }
        match &ours.kind {
            OperationKind::SeparateDatabaseAndState { database_operations, state_operations } => {
                compare_all(key, database_operations, &theirs["database_operations"], version, tally);
                compare_all(key, state_operations, &theirs["state_operations"], version, tally);
            }
            OperationKind::RunSql(run) => {
                compare_all(key, &run.state_operations, &theirs["state_operations"], version, tally);
            }
            _ => {}
        }
    }
}
