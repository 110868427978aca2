//! A project from its files to every answer there is.

use std::collections::BTreeSet;
use std::path::Path;

use clap::Parser as _;
use migcheck::analysis::{self, CheckOptions};
use migcheck::cli::arguments::{Arguments, Command};
use migcheck::cli::{self, config};
use migcheck::database::{Dialect, Vendor};
use migcheck::django::loader::MigrationLoader;
use migcheck::django::state::ProjectState;
use migcheck::drift;
use migcheck::fixing;
use migcheck::planning;
use migcheck::project::{self, ProjectOptions};
use migcheck::reading::{self, Detail};
use migcheck::report::graph::{View, dot, json, mermaid, text};
use migcheck::report::missing::Missing;
use migcheck::report::state::{state_to_json, state_to_text};
use migcheck::report::{Report, plan};
use migcheck::source::WalkOptions;

use crate::claims;
use crate::markdown::is_report;

/// Asks one thing of the project in a folder; `choice` says which.
///
/// # Panics
/// Something does not hold.
pub fn ask(root: &Path, choice: u64) {
    reading::on_big_stack(|| match choice % 8 {
        0..=3 => check(root, choice / 8),
        4 => fix(root),
        5 => sql(root, choice / 8),
        6 => graph_and_state(root),
        _ => missing(root),
    });
}

/// What `check --pedantic` finds, and what it renders.
fn check(root: &Path, choice: u64) {
    let words = ["migcheck", "check", "--quiet", "--pedantic"].map(str::to_owned);
    let words = words.into_iter().chain([root.to_string_lossy().into_owned()]);
    let Ok(Arguments { command: Command::Check(args) }) = Arguments::try_parse_from(words) else {
        panic!("the arguments are not taken");
    };
    let Ok(found) = config::find(root) else { return };
    let Ok(tables) = found.tables() else { return };
    let mut selection = found.config.selection();
    selection.pedantic = true;
    let options = CheckOptions { selection, tables, ..CheckOptions::default() };
    let report = || {
        let inputs = cli::inputs(&args, &found).ok()?;
        let projects = inputs.iter().map(|input| analysis::check(input, &options)).collect();
        Some((inputs, Report { projects, below: String::new() }))
    };
    let Some((inputs, first)) = report() else { return };
    claims::hold(&first);
    if choice % 16 == 5 {
        let again = report().map(|(_, again)| migcheck::report::json::render(&again));
        assert_eq!(again.as_deref(), Some(&*migcheck::report::json::render(&first)), "not the same twice");
    }
    if choice % 3 == 0 {
        let plans: Vec<_> = inputs.iter().map(|input| planning::plan(input, &|_| true)).collect();
        claims::steers_nothing(&plan::human(&plans));
        is_report(&plan::to_markdown(&plans));
        for plan in &plans {
            let _ = plan::to_json(plan).to_string();
        }
    }
}

/// What fixes are found, and that none is left once they are written.
fn fix(root: &Path) {
    let changes = |write: bool| -> Option<usize> {
        let tree = project::tree_of(root, WalkOptions::default()).ok()?;
        let mut count = 0;
        for project in project::discover(&tree, &ProjectOptions::default()) {
            let words = ["migcheck", "check", "--quiet"].map(str::to_owned);
            let words = words.into_iter().chain([root.to_string_lossy().into_owned()]);
            let Ok(Arguments { command: Command::Check(args) }) = Arguments::try_parse_from(words) else {
                return None;
            };
            let inputs = cli::inputs(&args, &config::Found::default()).ok()?;
            let input = inputs.into_iter().find(|input| input.root.trim_start_matches('.') == project.root)?;
            let facts = reading::migrations(&project, Detail::Plain).facts;
            let own = input.migrations.iter().filter(|migration| migration.file.is_some());
            let request = fixing::Request {
                unapplied: own.map(|migration| migration.key.clone()).collect::<BTreeSet<_>>(),
                new_is_known: true,
                allow_unknown: true,
                merge: true,
                vendor_is_known: true,
                timestamp: "20260101_0000".to_owned(),
                header: "Generated".to_owned(),
                ..fixing::Request::default()
            };
            let fixes = fixing::plan(&request, &project, &facts, &tree, input);
            for change in &fixes.changes {
                let _ = change.to_diff(root);
            }
            if write {
                // A file that is not in UTF-8 is refused as a whole.
                fixing::write::write(root, &fixes.changes).ok()?;
            }
            count += fixes.changes.len();
        }
        Some(count)
    };
    if changes(true).is_some_and(|count| count > 0) {
        assert_eq!(changes(false).unwrap_or(0), 0, "a second fix changes something");
    }
}

/// The statements of every migration, on a database, both ways.
fn sql(root: &Path, choice: u64) {
    let Ok(tree) = project::tree_of(root, WalkOptions::default()) else { return };
    let vendors = [Vendor::PostgreSql, Vendor::MySql, Vendor::MariaDb, Vendor::Sqlite, Vendor::Oracle];
    let vendor = vendors[usize::try_from(choice % 5).unwrap_or(0)];
    for mut project in project::discover(&tree, &ProjectOptions::default()) {
        project.facts.vendor = Some(reading::connection_vendor(vendor));
        let read = reading::migrations(&project, Detail::Plain);
        let source = reading::sql::SqlSource::new(&project, &read);
        let keys: Vec<_> = source.keys().cloned().collect();
        for key in keys.iter().filter(|key| key.app.as_str() != "auth") {
            let Some(target) = source.target(key) else { continue };
            let context = source.context(std::slice::from_ref(&target), Dialect { vendor, version: None });
            for backwards in [false, true] {
                for step in reading::sql::sqlmigrate(&context, &target, backwards) {
                    let _ = step.to_text();
                }
            }
        }
    }
}

/// The graph in its forms, the state, the declared state.
fn graph_and_state(root: &Path) {
    let Ok(tree) = project::tree_of(root, WalkOptions::default()) else { return };
    for project in project::discover(&tree, &ProjectOptions::default()) {
        let read = reading::migrations(&project, Detail::AsMakemigrations);
        let loaded = MigrationLoader::build(read.migrations, &read.installed, project.facts.version);
        let view = View::default();
        let _ = serde_json::to_string(&json::render(&loaded, &view));
        claims::steers_nothing(&dot::render(&loaded, &view));
        claims::steers_nothing(&mermaid::render(&loaded, &view));
        claims::steers_nothing(&text::render(&loaded, &view));
        let plan = loaded.graph.full_plan();
        let mut state = ProjectState::default();
        for migration in plan.iter().filter_map(|key| loaded.graph.migration(key)) {
            state.apply_migration(migration, project.facts.version);
        }
        let models = reading::read_models(&project);
        for state in [&state, &models.read.state] {
            let _ = state_to_json(state).to_string();
            claims::steers_nothing(&state_to_text(state));
        }
    }
}

/// What `makemigrations` would write.
fn missing(root: &Path) {
    let Ok(tree) = project::tree_of(root, WalkOptions::default()) else { return };
    for project in project::discover(&tree, &ProjectOptions::default()) {
        let request = drift::Request { timestamp: "20260101_0000".to_owned(), ..drift::Request::default() };
        let Ok(found) = drift::detect(&project, &request) else { continue };
        let dirs = drift::migration_folders(&project, tree.root());
        let missing = Missing {
            changes: &found.changes,
            version: project.facts.version,
            migration_dirs: &dirs,
            stops: &found.stops,
            written: None,
        };
        let _ = missing.to_json().to_string();
        let _ = missing.to_text();
        for file in drift::write::plan(&project, tree.root(), &found, "Generated").files {
            // What is written is Python.
            let source = migcheck::source::SourceFile::new("new.py".into(), "new.py", file.text.clone());
            let parsed = migcheck::python::syntax::Parsed::new(source);
            assert!(parsed.errors.is_empty(), "{:?}\n{}", parsed.errors, file.text);
        }
    }
}
