//! The least that any tool can take that parses what `check` parses: walking the tree, reading those
//! files and parsing them, on two threads, and nothing else.
//!
//!     floor --list ROOT [SETTINGS] [PYTHON_PATH…]   the files that `check` parses, one a line
//!     floor ROOT < LIST                              walks, reads and parses; prints how many
//!
//! `scripts/benchmark.py` runs both.

use std::io::{BufRead as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use migcheck::project::{self, ProjectOptions};
use migcheck::python::syntax::Parsed;
use migcheck::reading::{self, Detail};
use migcheck::source::{self, Content, MAX_BYTES, WalkOptions};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.split_first() {
        Some((flag, rest)) if flag == "--list" => list(rest),
        Some((root, _)) => floor(Path::new(root)),
        None => Err("which folder?".into()),
    }
}

fn list(words: &[String]) -> Result<(), Box<dyn std::error::Error>> {
    let (root, rest) = words.split_first().ok_or("which folder?")?;
    let tree =
        project::tree_of(Path::new(root), WalkOptions::default()).map_err(|error| error.to_string())?;
    let options = ProjectOptions {
        settings: rest.first().filter(|name| !name.is_empty()).cloned(),
        python_path: rest.iter().skip(1).map(PathBuf::from).collect(),
        ..ProjectOptions::default()
    };
    let mut out = std::io::stdout().lock();
    for project in reading::on_big_stack(|| project::discover(&tree, &options)) {
        let read = reading::migrations(&project, Detail::Plain);
        let _ = reading::read_models(&project);
        let _ = reading::code(&project, &read.migrations);
        for path in project.library.files_read() {
            writeln!(out, "{}", path.display())?;
        }
    }
    Ok(())
}

fn floor(root: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<String> = std::io::stdin().lock().lines().collect::<Result<_, _>>()?;
    let tree = project::tree_of(root, WalkOptions::default()).map_err(|error| error.to_string())?;
    let (next, statements) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || {
        while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Ok(reading) = source::read(Path::new(path), path, Content::Python, MAX_BYTES) {
                let parsed = Parsed::new(reading.file);
                statements.fetch_add(parsed.body.len(), Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            let _ = std::thread::Builder::new().stack_size(source::STACK_BYTES).spawn_scoped(scope, work);
        }
    });
    println!(
        "{} in the tree, {} parsed, {} statements",
        tree.files().len(),
        paths.len(),
        statements.into_inner()
    );
    Ok(())
}
