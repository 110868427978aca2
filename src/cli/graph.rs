//! `migcheck graph`

use std::collections::BTreeMap;

use super::arguments::GraphArguments;
use super::project::{self, shown_root};
use super::{CLEAN, Output};
use crate::django::loader::{LoadedGraph, MigrationLoader};
use crate::project::Project;
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
    let load = |one: &Project| {
        let read = reading::migrations(one, Detail::Graph);
        MigrationLoader::build(read.migrations, &read.installed, one.facts.version)
    };
    let out = Output::new(args.project.color);
    if args.json {
        let loaded: Vec<(String, LoadedGraph)> =
            projects.projects.iter().map(|one| (shown_root(&one.root), load(one))).collect();
        project::held(&projects)?;
        drop(projects);
        let answers: Vec<json::Answer<'_>> =
            loaded.iter().map(|(_, loaded)| json::render(loaded, &view)).collect();
        match answers.as_slice() {
            [answer] => out.json(answer)?,
            several => {
                let several = std::iter::zip(&loaded, several);
                let several = several.map(|((root, _), answer)| answer.in_folder(root));
                out.json(&BTreeMap::from([("projects", several.collect::<Vec<_>>())]))?;
            }
        }
        return Ok(CLEAN);
    }
    let mut texts = Vec::new();
    for one in &projects.projects {
        let loaded = load(one);
        let text = if args.dot {
            dot::render(&loaded, &view)
        } else if args.mermaid {
            mermaid::render(&loaded, &view)
        } else {
            text::render(&loaded, &view)
        };
        texts.push((one.root.clone(), text));
    }
    project::held(&projects)?;
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
