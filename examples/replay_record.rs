//! Replays the operations of a record of real Django and compares the state with Django's own.
//!
//! `cargo run --example replay_record -- RECORD.json.gz …`, or with the paths in `MIGCHECK_RECORDS`
//! (separated by `:`). Prints every difference; exit status 1 where there is one.

#[path = "../tests/support/record.rs"]
mod record;

use std::path::Path;
use std::process::ExitCode;

use migcheck::django::state::{ModelState, ProjectState};
use migcheck::python::value::Value;
use record::Record;

fn main() -> ExitCode {
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        let variable = std::env::var("MIGCHECK_RECORDS").unwrap_or_default();
        paths = variable.split(':').filter(|path| !path.is_empty()).map(str::to_owned).collect();
    }
    let mut failed = false;
    for path in &paths {
        match compare(Path::new(path)) {
            Ok(differences) => failed |= differences > 0,
            Err(error) => {
                failed = true;
                println!("{path}: {error}");
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn compare(path: &Path) -> Result<usize, String> {
    let record = Record::read(path)?;
    let mut state = ProjectState::default();
    let begin = std::time::Instant::now();
    for migration in &record.plan {
        for (index, error) in state.apply_migration(migration, record.version) {
            println!("  {}[{index}]: {error} ({:?}, certain: {})", migration.key, error.phase, error.certain);
        }
    }
    let seconds = begin.elapsed().as_secs_f64();
    let django = record.state("state_from_migrations");
    let mut tally = Tally::default();
    for (key, theirs) in &django.models {
        match state.models.get(key) {
            Some(ours) => models(&mut tally, &key.to_string(), ours, theirs),
            None if state.unknowns.is_empty() => {
                tally.check(&format!("model {key}"), false, "missing", "present");
            }
            None => println!("  undecided: model {key} (an operation is not known)"),
        }
    }
    for key in state.models.keys().filter(|key| !django.models.contains_key(key)) {
        tally.check(&format!("model {key}"), false, "present", "missing");
    }
    println!(
        "{}: Django {}, {} migrations, {} models, {} / {} equal, {} unknown operations, {seconds:.3} s",
        path.file_name().unwrap_or_default().display(),
        record.version,
        record.plan.len(),
        django.models.len(),
        tally.compared - tally.differences,
        tally.compared,
        state.unknowns.len(),
    );
    Ok(tally.differences)
}

#[derive(Default)]
struct Tally {
    compared: usize,
    differences: usize,
}

impl Tally {
    fn check(&mut self, what: &str, equal: bool, ours: &str, theirs: &str) {
        self.compared += 1;
        if !equal {
            self.differences += 1;
            println!("  {what}\n    ours   {ours}\n    django {theirs}");
        }
    }

    fn values(&mut self, what: &str, ours: Option<&Value>, theirs: Option<&Value>) {
        let text =
            |value: Option<&Value>| value.map_or("(absent)".to_owned(), |value| value.to_json().to_string());
        self.check(what, ours == theirs, &text(ours), &text(theirs));
    }
}

fn models(tally: &mut Tally, label: &str, ours: &ModelState, theirs: &ModelState) {
    tally.check(&format!("name of {label}"), ours.name == theirs.name, &ours.name, &theirs.name);
    let (a, b) = (format!("{:?}", ours.fields.keys()), format!("{:?}", theirs.fields.keys()));
    tally.check(&format!("order of fields of {label}"), a == b, &a, &b);
    for (name, field) in &theirs.fields {
        let Some(mine) = ours.fields.get(name) else { continue };
        tally.check(&format!("{label}.{name} class"), mine.path == field.path, &mine.path, &field.path);
        tally.check(&format!("{label}.{name} arguments"), mine.args == field.args, "", "");
        for (key, value) in &field.kwargs {
            tally.values(&format!("{label}.{name} {key}"), mine.kwarg(key), Some(value));
        }
        for (key, value) in mine.kwargs.iter().filter(|(key, _)| field.kwarg(key).is_none()) {
            tally.values(&format!("{label}.{name} {key}"), Some(value), None);
        }
    }
    for (name, value) in &theirs.options {
        tally.values(&format!("{label} option {name}"), ours.option(name), Some(value));
    }
    for (name, value) in ours.options.iter().filter(|(name, _)| !theirs.options.contains_key(*name)) {
        tally.values(&format!("{label} option {name}"), Some(value), None);
    }
    let (a, b) = (Value::List(ours.bases.clone().into()), Value::List(theirs.bases.clone().into()));
    tally.values(&format!("{label} bases"), Some(&a), Some(&b));
    let managers = |model: &ModelState| {
        let pairs = model.managers.iter().map(|(name, value)| (Value::Str(name.clone()), value.clone()));
        Value::Dict(pairs.collect())
    };
    tally.values(&format!("{label} managers"), Some(&managers(ours)), Some(&managers(theirs)));
}
