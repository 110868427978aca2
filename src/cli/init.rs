//! `migcheck init`: a configuration, a pre-commit hook and a workflow, shown, and with `--write` written.
//! What exists stays as it is.

use std::path::{Path, PathBuf};

use super::arguments::{Ci, InitArguments};
use super::fix::files;
use super::project::{self, Projects};
use super::{CLEAN, Output, config, output, repository};
use crate::database::Vendor;
use crate::fixing::{self, Change};
use crate::project::{Engine, Project};
use crate::report::printable;
use crate::source::{self, Content, MAX_BYTES};

const PRE_COMMIT: &str = include_str!("../../ci/pre-commit.yml");
const GITHUB: &str = include_str!("../../ci/github.yml");
const GITLAB: &str = include_str!("../../ci/gitlab.yml");

/// What there is to set up.
#[derive(Default)]
struct Setup {
    files: Vec<Change>,
    /// What to do by hand.
    notes: Vec<String>,
}

/// Shows what a repository would need, and with `--write` writes it.
///
/// # Errors
/// No project could be read, or a file cannot be written.
pub(super) fn run(args: &InitArguments) -> anyhow::Result<u8> {
    let found = match &args.project.config {
        Some(path) => config::read(path)?,
        None => config::find(&args.project.path)?,
    };
    let projects = project::find_with(&args.project, &found)?;
    let mut setup = Setup::default();
    match &found.path {
        Some(path) => setup.notes.push(format!("{} is there already", path.display())),
        None => {
            setup.add(&projects.root, "migcheck.toml", configuration(&projects));
        }
    }
    if repository::below(&projects.root).is_empty() {
        setup.hooks(&projects.root);
        setup.workflow(args, &projects.root);
    } else {
        setup
            .notes
            .push("hooks and workflow belong to the repository's top: run `migcheck init` there".to_owned());
    }
    let diff: String = setup.files.iter().map(|file| file.to_diff(&projects.root)).collect();
    if args.write {
        fixing::write::write(&projects.root, &setup.files).map_err(anyhow::Error::msg)?;
    }
    Output::new(args.project.color).answer(&printable(&diff))?;
    if !args.project.quiet {
        for note in &setup.notes {
            output::say(&printable(&format!("note: {note}")));
        }
        match (setup.files.len(), args.write) {
            (0, _) => output::say("Nothing to set up."),
            (count, true) => output::say(&format!("{count} {} written.", files(count))),
            (count, false) => {
                output::say(&format!("{count} {} would be new; write with --write.", files(count)));
            }
        }
    }
    Ok(CLEAN)
}

impl Setup {
    /// A file that is to be made, unless anything has its name.
    fn add(&mut self, root: &Path, path: &str, text: String) -> bool {
        let to: PathBuf = root.join(path);
        if to.symlink_metadata().is_ok() {
            self.notes.push(format!("{path} is there already"));
            return false;
        }
        self.files.push(Change { from: None, to, before: String::new(), after: text, mark: false });
        true
    }

    fn hooks(&mut self, root: &Path) {
        if !self.add(root, ".pre-commit-config.yaml", PRE_COMMIT.to_owned()) {
            let path = root.join(".pre-commit-config.yaml");
            let read = source::read(&path, ".pre-commit-config.yaml", Content::Text, MAX_BYTES);
            if !read.is_ok_and(|reading| reading.file.text().contains("migcheck")) {
                let entry = PRE_COMMIT.strip_prefix("repos:\n").unwrap_or(PRE_COMMIT);
                self.notes.push(format!("add to the `repos` of .pre-commit-config.yaml:\n{entry}"));
            }
        }
    }

    fn workflow(&mut self, args: &InitArguments, root: &Path) {
        let has_gitlab = root.join(".gitlab-ci.yml").symlink_metadata().is_ok();
        match args.ci.unwrap_or(if has_gitlab { Ci::Gitlab } else { Ci::Github }) {
            Ci::None => {}
            Ci::Github => {
                self.add(root, ".github/workflows/migrations.yml", GITHUB.to_owned());
            }
            Ci::Gitlab => {
                if self.add(root, ".gitlab/migcheck.yml", GITLAB.to_owned()) {
                    self.notes
                        .push("add to .gitlab-ci.yml:\ninclude:\n  - local: .gitlab/migcheck.yml".to_owned());
                }
            }
        }
    }
}

/// The configuration: what was found stands as a comment, as it is found anew each time; what was not
/// found is asked for.
fn configuration(projects: &Projects) -> String {
    let mut text =
        "# What migcheck finds by itself stands behind a `#`; take that away to hold on to it.\n".to_owned();
    for project in &projects.projects {
        if projects.projects.len() > 1 {
            text.push_str(&format!("# {}\n", project::shown_root(&project.root)));
        }
        text.push_str(&of_project(project));
    }
    if projects.projects.iter().all(|project| vendor(project).is_none()) {
        text.push_str("# The settings don't tell the database:\ndialect = \"postgresql\"\n");
    }
    text.push_str(
        "\n# The least severity that fails a run: error, warning, info or never.\nfail-on = \"error\"\n",
    );
    text
}

fn of_project(project: &Project) -> String {
    let mut text = String::new();
    if let Some(settings) = &project.settings_module {
        text.push_str(&format!("# settings = {}\n", quoted(settings)));
    }
    text.push_str(&format!("# django = \"{}\"\n", project.facts.version));
    if let Some(vendor) = vendor(project) {
        let version = match vendor {
            Vendor::PostgreSql => "  # better with the server's version: \"postgresql:16\"",
            Vendor::MySql => "  # better with the server's version: \"mysql:8.4\", \"mariadb:10.11\"",
            _ => "",
        };
        text.push_str(&format!("# dialect = \"{}\"{version}\n", vendor.as_str()));
    }
    text
}

/// A text of TOML.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string().replace('\n', " ")
}

fn vendor(project: &Project) -> Option<Vendor> {
    Some(match project.databases.engine? {
        Engine::PostgreSql => Vendor::PostgreSql,
        Engine::MySql => Vendor::MySql,
        Engine::Sqlite => Vendor::Sqlite,
        Engine::Oracle => Vendor::Oracle,
    })
}
