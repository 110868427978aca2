//! Every migration's SQL, one JSON object a line, to be held against what `sqlmigrate` prints:
//! `{"key": "app.name", "dialect": …, "lines": […], "notes": […], "unread": […]}`.
//!
//! `cargo run --release --example all_sql -- ROOT SETTINGS "" [PYTHON_PATH …]`: all of `sqlite`,
//! `postgresql:16` and `mysql:8.0.36`, or those that the third argument names, separated by commas;
//! with `MIGCHECK_BACKWARDS` set, backwards; with `MIGCHECK_RENDERED` set, as in the middle
//! of `migrate`; with `MIGCHECK_AS_MAKEMIGRATIONS` set, fields as the project's own `makemigrations` has them;
//! with `MIGCHECK_AS_SQLITE` set, migrations find SQLite in `connection.vendor`, whatever the dialect.

use std::collections::BTreeSet;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use migcheck::database::{Dialect, Vendor};
use migcheck::django::schema::{Step, collect_sql};
use migcheck::project::{self, ProjectOptions};
use migcheck::reading::sql::{SqlSource, Target};
use migcheck::reading::{self, Detail};
use migcheck::source::WalkOptions;
use serde_json::json;

const DIALECTS: &str = "sqlite,postgresql:16,mysql:8.0.36";

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let root = arguments.next().context("the project's root")?;
    let settings = arguments.next().filter(|settings| !settings.is_empty());
    let dialects = arguments.next().filter(|list| !list.is_empty()).unwrap_or_else(|| DIALECTS.to_owned());
    let dialects = dialects.split(',').map(|name| (name, name.parse::<Dialect>()));
    let dialects: Vec<_> = dialects
        .map(|(name, parsed)| Ok((name.to_owned(), parsed.map_err(|why| anyhow::anyhow!("{why}"))?)))
        .collect::<anyhow::Result<_>>()?;
    let tree = project::tree_of(Path::new(&root), WalkOptions::default())
        .map_err(|diagnostic| anyhow::anyhow!("{diagnostic}"))?;
    let options = ProjectOptions {
        settings,
        python_path: arguments.map(PathBuf::from).collect(),
        ..Default::default()
    };
    let backwards = std::env::var_os("MIGCHECK_BACKWARDS").is_some();
    // A project's own makemigrations may change deconstruct() for good once it is imported.
    let patched = std::env::var_os("MIGCHECK_AS_MAKEMIGRATIONS").is_some();
    let detail = if patched { Detail::AsMakemigrations } else { Detail::Plain };
    let rendered = std::env::var_os("MIGCHECK_RENDERED").is_some();
    let as_sqlite = std::env::var_os("MIGCHECK_AS_SQLITE").is_some();
    let mut output = BufWriter::new(std::io::stdout());
    for mut one in project::discover(&tree, &options) {
        for (name, dialect) in &dialects {
            let vendor = if as_sqlite { Vendor::Sqlite } else { dialect.vendor };
            one.facts.vendor = Some(reading::connection_vendor(vendor));
            let read = reading::migrations(&one, detail);
            let source = SqlSource::new(&one, &read);
            let targets: Vec<Target<'_>> = source.keys().filter_map(|key| source.target(key)).collect();
            let context = source.context(&targets, *dialect);
            for target in &targets {
                let steps = collect_sql(&context, &target.state, target.migration, backwards, rendered);
                let notes: BTreeSet<&str> =
                    steps.iter().flat_map(|step| &step.notes).map(AsRef::as_ref).collect();
                let lines: Vec<String> = steps.iter().map(Step::to_text).collect();
                let key = target.migration.key.to_string();
                let unread: BTreeSet<&str> = target.unread().map(AsRef::as_ref).collect();
                let line =
                    json!({"key": key, "dialect": name, "lines": lines, "notes": notes, "unread": unread});
                writeln!(output, "{line}")?;
            }
        }
    }
    Ok(())
}
