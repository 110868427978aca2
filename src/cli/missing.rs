//! `migcheck missing`

use std::collections::BTreeMap;

use super::arguments::MissingArguments;
use super::project::{self, one_or_many, shown_root};
use super::{CLEAN, Output};
use crate::drift;
use crate::report::missing::{Missing, Verdict};

/// Changes are missing, or with `--strict` something could not be decided.
const CHANGES: u8 = 1;

/// Says what `makemigrations --check --dry-run` would say of every project.
///
/// # Errors
/// No project could be read, or the answer cannot be written.
pub fn run(args: &MissingArguments) -> anyhow::Result<u8> {
    let projects = project::find(&args.project)?;
    project::say_notices(&args.project, &projects);
    let wanted = project::labels(&args.project, &projects)?;
    let (mut answers, mut texts, mut code) = (Vec::new(), Vec::new(), CLEAN);
    for one in &projects.projects {
        let mut drift = drift::detect(one)?;
        if !wanted.is_empty() {
            drift.changes.migrations.retain(|app, _| wanted.contains(app));
            drift.changes.undecided.retain(|undecided| wanted.contains(&undecided.model.app));
        }
        let dirs: BTreeMap<_, _> = drift::migration_folders(one, &projects.root);
        let missing = Missing { changes: &drift.changes, version: one.facts.version, migration_dirs: &dirs };
        match Verdict::of(&drift.changes) {
            Verdict::Changes => code = CHANGES,
            Verdict::Undecided if args.strict => code = CHANGES,
            Verdict::Clean | Verdict::Undecided => {}
        }
        if args.json {
            answers.push((one.root.clone(), missing.to_json()));
        } else {
            texts.push((one.root.clone(), missing.to_text()));
        }
    }
    let out = Output::new(args.project.color);
    if args.json {
        out.answer(&format!("{:#}\n", one_or_many(answers)))?;
        return Ok(code);
    }
    let several = texts.len() > 1;
    let mut all = String::new();
    for (root, text) in texts {
        if several {
            all.push_str(&format!("# {}\n", shown_root(&root)));
        }
        all.push_str(&text);
    }
    let lines: Vec<_> = all.lines().map(crate::report::printable).collect();
    out.answer(&format!("{}\n", lines.join("\n")))?;
    Ok(code)
}
