//! What is said of a fault of the program's own: a panic that some floor caught, or that ended the
//! command. Whatever else was found is kept; the exit code is that of a failure either way.

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind};
use std::sync::{Mutex, PoisonError};

use super::{FAILED, output};

/// Panics since [`guard`] began, each as `message (file:line)`.
static FAULTS: Mutex<Vec<String>> = Mutex::new(Vec::new());
/// How many of them are shown: one fault may strike at every file.
const SHOWN: usize = 5;

/// Does the command's work. Where anything in it panicked, says what to attach to a report, and the
/// exit code is 2.
///
/// # Errors
/// Those of the work.
pub(super) fn guard(work: impl FnOnce() -> anyhow::Result<u8>) -> anyhow::Result<u8> {
    std::panic::set_hook(Box::new(note));
    let result = catch_unwind(AssertUnwindSafe(work));
    let _ = std::panic::take_hook();
    let faults = std::mem::take(&mut *FAULTS.lock().unwrap_or_else(PoisonError::into_inner));
    if !faults.is_empty() {
        output::say(&message(&faults));
    }
    match result {
        Ok(Ok(_)) if !faults.is_empty() => Ok(FAILED),
        Ok(result) => result,
        Err(_) => Ok(FAILED),
    }
}

fn note(info: &PanicHookInfo<'_>) {
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str)).unwrap_or("?");
    let at = info.location().map_or_else(|| "?".to_owned(), ToString::to_string);
    FAULTS.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{text} ({at})"));
}

fn message(faults: &[String]) -> String {
    let mut lines = vec!["migcheck: internal error; what else was found is not affected".to_owned()];
    lines.extend(faults.iter().take(SHOWN).map(|fault| crate::report::one_line(&format!("  {fault}"))));
    if faults.len() > SHOWN {
        lines.push(format!("  and {} more", faults.len() - SHOWN));
    }
    lines.push(format!(
        "Please report it with these lines, the command, and the file that it is about: \
         migcheck {}, {} {}",
        env!("CARGO_PKG_VERSION"),
        std::env::consts::OS,
        std::env::consts::ARCH
    ));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::arguments::{Arguments, Command, Format};
    use crate::cli::check;
    use crate::django::reader::{self, MigrationFile, Outcome};
    use crate::django::runtime::{ProjectFacts, SettingsValues};
    use crate::python::library::{Library, Reader};
    use crate::source::outline;
    use clap::Parser as _;
    use std::path::Path;
    use std::sync::Arc;

    /// The hook and the list of faults are the process's.
    static ONE: Mutex<()> = Mutex::new(());

    /// Two apps, each of which drops a column.
    fn two_apps(root: &Path) {
        let migration = |after: &str, operation: &str| {
            format!(
                "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    \
                 dependencies = [{after}]\n    operations = [{operation}]\n"
            )
        };
        let create = "migrations.CreateModel('Thing', [('id', models.AutoField(primary_key=True)), \
                      ('name', models.TextField())])";
        for app in ["crm", "shop"] {
            let folder = root.join(app).join("migrations");
            std::fs::create_dir_all(&folder).unwrap();
            let second =
                migration(&format!("('{app}', '0001_initial')"), "migrations.RemoveField('thing', 'name')");
            let first = migration("", create);
            let files = [
                ("../__init__.py", ""),
                ("__init__.py", ""),
                ("0001_initial.py", &first),
                ("0002_name.py", &second),
            ];
            for (name, text) in files {
                std::fs::write(folder.join(name), text).unwrap();
            }
        }
    }

    /// A fault in the midst of `check`: one of several migrations is read by code that panics.
    #[test]
    fn a_fault_keeps_the_other_results_and_is_exit_code_2() {
        let _one = ONE.lock();
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        two_apps(root);
        let output = root.join("report.json");
        let words = ["migcheck".as_ref(), "check".as_ref(), "--quiet".as_ref(), root.as_os_str()];
        let Command::Check(mut args) = Arguments::parse_from(words).command else { panic!("no check") };
        args.outputs = vec![(Format::Json, Some(output.clone()))];
        let code = guard(|| {
            check::run(&args, &|args, found| {
                let mut inputs = crate::cli::inputs(args, found)?;
                let own: Vec<_> =
                    inputs[0].migrations.iter().filter(|one| one.file.is_some()).cloned().collect();
                let texts: Vec<_> = own.iter().filter_map(|one| one.file.clone()).collect();
                let faulty: Box<Reader> = Box::new(move |path| {
                    assert!(!path.ends_with("shop/migrations/0001_initial.py"), "a fault of ours");
                    let file = texts.iter().find(|file| file.path() == path).ok_or("not there")?;
                    Ok((file.clone(), outline(file.text()).map_err(|_| "too deep")?))
                });
                let files: Vec<MigrationFile> = own
                    .iter()
                    .map(|one| MigrationFile {
                        key: one.key.clone(),
                        module: format!("{}.migrations.{}", one.key.app, one.key.name),
                        path: one.file.as_ref().unwrap().path().to_owned(),
                        origin: one.origin,
                    })
                    .collect();
                let settings = Arc::new(SettingsValues::default());
                let facts = ProjectFacts::new(inputs[0].django, settings);
                let reading = reader::Reading {
                    library: &Library::new(vec![], faulty),
                    facts: &facts,
                    prepare: &|_| {},
                    later: &|_, _| false,
                    of_apps: &|_| false,
                    threads: 2,
                };
                for (_, outcome) in reader::Queue::new(files).read_all(&reading) {
                    let Outcome::Read(one) = outcome else { panic!("it was to be read at once") };
                    let known = inputs[0].migrations.iter_mut().find(|known| known.key == one.migration.key);
                    *known.unwrap() = Arc::new(one.migration);
                }
                Ok(inputs)
            })
        });
        assert_eq!(code.unwrap(), FAILED);
        let report = std::fs::read_to_string(output).unwrap();
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let of = |app: &str| {
            let findings = report["findings"].as_array().unwrap().iter();
            findings.filter(|one| one["app"] == app && one["rule"] == "remove-field").count()
        };
        assert_eq!(of("crm"), 1, "{report:#}");
        assert!(report.to_string().contains("internal error of migcheck while reading"), "{report:#}");
    }

    #[test]
    fn a_fault_is_exit_code_2_whether_it_was_caught_on_the_way_or_not() {
        let _one = ONE.lock();
        assert_eq!(guard(|| panic!("first")).unwrap(), FAILED);
        let caught = guard(|| {
            let _ = catch_unwind(|| panic!("second"));
            Ok(0)
        });
        assert_eq!(caught.unwrap(), FAILED);
        assert_eq!(guard(|| Ok(1)).unwrap(), 1);
        assert!(guard(|| anyhow::bail!("no")).is_err());
    }

    #[test]
    fn a_report_of_a_fault_says_what_to_attach() {
        let faults: Vec<String> =
            (0..7).map(|number| format!("broken \u{1b}[31m{number} (a.rs:1)")).collect();
        let text = message(&faults);
        assert!(text.contains("broken") && text.contains("a.rs:1") && text.contains("and 2 more"), "{text}");
        assert!(text.contains(env!("CARGO_PKG_VERSION")) && !text.contains('\u{1b}'), "{text}");
    }
}
