//! `migcheck graph`

use super::arguments::GraphArguments;
use super::project::{self, one_or_many, shown_root};
use super::{CLEAN, Output};
use crate::django::loader::MigrationLoader;
use crate::reading::{self, Detail};
use crate::report::graph::{View, dot, json, mermaid, text};

/// Shows the graph of every project.
///
/// # Errors
/// No project could be read, or the answer cannot be written.
pub fn run(args: &GraphArguments) -> anyhow::Result<u8> {
    let projects = project::find(&args.project)?;
    project::say_notices(&args.project, &projects);
    let view = View { apps: project::labels(&args.project, &projects)?, no_external: args.no_external };
    let mut answers = Vec::new();
    let mut texts = Vec::new();
    for one in &projects.projects {
        let read = reading::migrations(one, Detail::Graph);
        let loaded = MigrationLoader::build(read.migrations, &read.installed, one.facts.version);
        if args.json {
            answers.push((one.root.clone(), json::render(&loaded, &view)));
        } else {
            let text = if args.dot {
                dot::render(&loaded, &view)
            } else if args.mermaid {
                mermaid::render(&loaded, &view)
            } else {
                text::render(&loaded, &view)
            };
            texts.push((one.root.clone(), text));
        }
    }
    project::held(&projects)?;
    let out = Output::new(args.project.color);
    if args.json {
        let answer = one_or_many(answers);
        out.answer(&format!("{answer:#}\n"))?;
        return Ok(CLEAN);
    }
    let several = texts.len() > 1;
    let mut all = String::new();
    for (root, text) in texts {
        if several {
            let comment = if args.dot {
                "//"
            } else if args.mermaid {
                "%%"
            } else {
                "#"
            };
            all.push_str(&format!("{comment} {}\n", crate::report::printable(&shown_root(&root))));
        }
        all.push_str(&text);
    }
    out.answer(&all)?;
    Ok(CLEAN)
}
