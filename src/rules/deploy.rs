//! What a repository says of how it is deployed: files that run commands, and where its commands stand.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

use regex::Regex;

use crate::django::keys::AppLabel;
use crate::report::Place;
use crate::source::{Location, SourceFile};

/// What a file is to a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeployKind {
    /// A pipeline of GitHub, GitLab, Azure, `CircleCI`, Bitbucket, Travis, Drone or Jenkins.
    Pipeline,
    /// What an image or a process starts with: a Dockerfile, Procfile, compose file, entrypoint.
    Start,
    /// What a developer or a test run starts: a Makefile, tox.ini, a development compose file.
    Tool,
}

/// A file that runs commands.
#[derive(Debug, Clone)]
pub struct DeployFile {
    /// What it is.
    pub kind: DeployKind,
    /// Its text.
    pub file: Arc<SourceFile>,
}

/// A migrations folder in which git would not see a new file.
#[derive(Debug, Clone)]
pub struct IgnoredFolder {
    /// The folder, relative to the analysed root.
    pub folder: Arc<str>,
    /// The app.
    pub app: AppLabel,
    /// The pattern, as written.
    pub pattern: String,
    /// Where it is written.
    pub place: Place,
}

/// How the repository deploys.
#[derive(Debug, Clone, Default)]
pub struct Deploy {
    /// Files that run commands, sorted by path.
    pub files: Vec<DeployFile>,
    /// Files that may hold a check for missing migrations besides: tests, hooks.
    pub checks: Vec<Arc<SourceFile>>,
    /// Migrations folders that git does not see.
    pub ignored: Vec<IgnoredFolder>,
    /// The apps of django-tenants.
    pub tenants: Option<Tenants>,
}

/// `SHARED_APPS` and `TENANT_APPS` of django-tenants.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tenants {
    /// Apps in the shared schema.
    pub shared: BTreeSet<AppLabel>,
    /// Apps in each tenant's schema.
    pub tenant: BTreeSet<AppLabel>,
}

impl DeployKind {
    /// What a file is, by its path in the repository; `None` for one that runs no commands.
    pub fn of(path: &str) -> Option<Self> {
        let lower = path.to_lowercase();
        let name = lower.rsplit('/').next().unwrap_or(&lower);
        // A template's is somebody else's.
        if lower.contains("{{") || lower.contains("docs/") || lower.contains("node_modules/") {
            return None;
        }
        let yaml = name.ends_with(".yml") || name.ends_with(".yaml");
        let github = lower.starts_with(".github/workflows/") || lower.starts_with(".github/actions/");
        if (yaml && github)
            || matches!(
                lower.as_str(),
                ".gitlab-ci.yml" | ".circleci/config.yml" | ".travis.yml" | ".drone.yml" | "jenkinsfile"
            )
            || (yaml && (name.starts_with("azure-pipelines") || name == "bitbucket-pipelines.yml"))
            || (yaml && (lower.starts_with(".gitlab/") || lower.starts_with(".azure")))
        {
            return Some(Self::Pipeline);
        }
        let words: Vec<&str> = name.split(|c: char| !c.is_alphanumeric()).collect();
        let private = words.iter().any(|word| {
            matches!(
                *word,
                "dev"
                    | "devel"
                    | "development"
                    | "local"
                    | "test"
                    | "tests"
                    | "testing"
                    | "override"
                    | "e2e"
                    | "debug"
            )
        });
        let compose = yaml && (name.starts_with("docker-compose") || name.starts_with("compose"));
        let image = name == "dockerfile" || name.starts_with("dockerfile.") || name.ends_with(".dockerfile");
        let script = name.ends_with(".sh") || (words.contains(&"entrypoint") && !name.contains('.'));
        let starts = words.iter().any(|word| {
            matches!(
                *word,
                "entrypoint"
                    | "start"
                    | "deploy"
                    | "release"
                    | "run"
                    | "boot"
                    | "build"
                    | "init"
                    | "migrate"
                    | "up"
                    | "web"
            )
        });
        let platform = matches!(
            name,
            "procfile" | "app.json" | "heroku.yml" | "render.yaml" | "fly.toml" | "railway.json"
        );
        if private && (compose || image || script) {
            return Some(Self::Tool);
        }
        if compose || image || platform || (script && starts) {
            return Some(Self::Start);
        }
        let tool = script
            || matches!(
                name,
                "makefile"
                    | "tox.ini"
                    | "noxfile.py"
                    | "justfile"
                    | "tasks.py"
                    | "fabfile.py"
                    | "package.json"
            );
        tool.then_some(Self::Tool)
    }
}

/// Most lines of a step, before and after the one that is asked for.
const STEP: usize = 500;

/// A command of Django's in a file.
#[derive(Debug, Clone)]
pub(super) struct Command {
    /// `migrate`
    pub name: String,
    /// The rest of its line.
    pub rest: String,
    /// The line's number, from 1.
    pub line: u32,
    /// Where it stands.
    pub at: Location,
}

static COMMAND: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r#"(?:manage\.py|manage|django-admin(?:\.py)?|-m\s+django|\$\(?\{?MANAGE\}?\)?)["']?\s*,?\s+["']?(?:--?[\w=.-]+\s+)*(migrate|migrate_schemas|makemigrations)\b["']?(.*)"#,
    )
    .ok()
});

impl DeployFile {
    /// Django's commands in it; what stands in a comment or is only printed is none.
    pub(super) fn commands(&self) -> Vec<Command> {
        let Some(pattern) = COMMAND.as_ref() else { return Vec::new() };
        let mut found = Vec::new();
        let mut offset = 0;
        for (index, line) in self.file.text().split_inclusive('\n').enumerate() {
            let start = offset;
            offset += line.len();
            let trimmed = line.trim_start().trim_start_matches("- ").trim_start();
            let silent = ["#", "//", "echo ", "@echo ", "printf ", "name:", "description:"];
            if silent.iter().any(|prefix| trimmed.starts_with(prefix)) {
                continue;
            }
            let Some(captures) = pattern.captures(line) else { continue };
            let (Some(whole), Some(name), Some(rest)) = (captures.get(0), captures.get(1), captures.get(2))
            else {
                continue;
            };
            let before = line.get(..whole.start()).unwrap_or_default();
            if before.contains(" #") || before.contains("echo ") {
                continue;
            }
            let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
            found.push(Command {
                name: name.as_str().to_owned(),
                rest: rest.as_str().trim_end().to_owned(),
                line: number(index + 1),
                at: Location {
                    file: self.file.clone(),
                    start: number(start + whole.start()),
                    end: number(start + whole.start() + whole.as_str().trim_end().len()),
                },
            });
        }
        found
    }

    /// Whether its environment is a deployment's.
    pub(super) fn deploys(&self) -> bool {
        self.kind != DeployKind::Tool
    }

    /// The text of the YAML list item that a line (from 1) stands in: a step of a pipeline. Of a very long one
    /// the part around the line.
    pub(super) fn step(&self, line: u32) -> String {
        let from = line.saturating_sub(u32::try_from(STEP).unwrap_or(0)).max(1);
        let lines: Vec<&str> = (from..).map_while(|line| self.file.line(line)).take(2 * STEP).collect();
        let at = (line.saturating_sub(from)) as usize;
        let indent = |line: &str| line.len() - line.trim_start().len();
        let Some(first) = (0..=at).rev().find(|index| {
            lines.get(*index).is_some_and(|one| {
                one.trim_start().starts_with("- ")
                    && (*index == at || indent(one) < lines.get(at).map_or(0, |own| indent(own)))
            })
        }) else {
            return String::new();
        };
        let depth = lines.get(first).map_or(0, |line| indent(line));
        let rest =
            lines.iter().skip(first + 1).take_while(|line| line.trim().is_empty() || indent(line) > depth);
        lines.get(first).into_iter().chain(rest).flat_map(|line| [*line, "\n"]).collect()
    }
}

impl Command {
    /// Its own arguments: up to where another command begins.
    pub fn arguments(&self) -> &str {
        let end = self.rest.find(['|', ';', '&', '\n', ')']).unwrap_or(self.rest.len());
        self.rest.get(..end).unwrap_or_default()
    }

    /// Whether it only looks.
    pub fn only_checks(&self) -> bool {
        ["--check", "--dry-run", "--help"].iter().any(|flag| self.arguments().contains(flag))
    }
}

#[cfg(test)]
pub(super) mod testing {
    use super::*;
    use crate::rules::histories::*;

    /// The rules that fire on an initial history in a repository with these files.
    pub(in crate::rules) fn fired_on(files: &[(&str, &str)]) -> Vec<&'static str> {
        let mut project = input(vec![initial()]);
        project.deploy = deploy(files);
        rules_of(&check(&project, &CheckOptions::default()).findings)
    }

    pub(in crate::rules) fn deploy(files: &[(&str, &str)]) -> Deploy {
        let of = |(path, text): &(&str, &str)| {
            Some(DeployFile { kind: DeployKind::of(path)?, file: file(path, text) })
        };
        Deploy { files: files.iter().filter_map(of).collect(), ..Deploy::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_file_is() {
        for (path, kind) in [
            (".github/workflows/deploy.yml", Some(DeployKind::Pipeline)),
            ("Dockerfile", Some(DeployKind::Start)),
            ("docker/entrypoint.sh", Some(DeployKind::Start)),
            ("docker-compose.yml", Some(DeployKind::Start)),
            ("docker-compose.dev.yml", Some(DeployKind::Tool)),
            ("Makefile", Some(DeployKind::Tool)),
            ("docs/entrypoint.sh", None),
            ("shop/models.py", None),
        ] {
            assert_eq!(DeployKind::of(path), kind, "{path}");
        }
    }

    #[test]
    fn commands_and_their_steps() {
        let text = "steps:\n  - name: x\n    run: |\n      python manage.py migrate --noinput || true\n    continue-on-error: true\n  - run: ls\n";
        let file = SourceFile::new("/a.yml".into(), "a.yml", text.to_owned());
        let file = DeployFile { kind: DeployKind::Pipeline, file };
        let commands = file.commands();
        assert_eq!(commands.len(), 1);
        assert_eq!((commands[0].name.as_str(), commands[0].line), ("migrate", 4));
        assert_eq!(commands[0].arguments().trim(), "--noinput");
        assert!(file.step(4).contains("continue-on-error") && !file.step(4).contains("ls"));
        let other = |text: &str| {
            let file = SourceFile::new("/x.sh".into(), "x.sh", text.to_owned());
            DeployFile { kind: DeployKind::Start, file }.commands().len()
        };
        assert_eq!(other("CMD [\"python\", \"manage.py\", \"migrate\"]\n"), 1);
        assert_eq!(other("# python manage.py migrate\necho 'run manage.py migrate'\n"), 0);
    }
}
