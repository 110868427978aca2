//! The command line.

use std::path::PathBuf;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

use super::environment::EnvironmentArguments;
use crate::database::Dialect;
use crate::django::version::DjangoVersion;
use crate::report::Severity;

/// Reads Django migrations without running them, and says what `migrate` would do to production.
#[derive(Debug, Parser)]
#[command(version, propagate_version = true, max_term_width = 100)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find everything that is wrong or risky in a project's migrations
    Check(CheckArguments),
    /// List what is found now, for `check --baseline` to leave out
    Baseline(BaselineArguments),
    /// Show the migration graph, as Django's loader builds it
    Graph(GraphArguments),
    /// Show the project state after all migrations, or the one that models.py declares
    State(StateArguments),
    /// Say what `makemigrations --check --dry-run` would say
    Missing(MissingArguments),
    /// Resolve what is safe to resolve: several leaves, blocking indexes, `max_migration.txt`
    Fix(FixArguments),
    /// Print the SQL of a migration, as `sqlmigrate` does
    Sql(SqlArguments),
    /// Post the report on the pull request, as one comment that is kept up to date
    Comment(CommentArguments),
    /// Say what `migrate` would apply in an environment, by the list of what it has applied
    Pending(PendingArguments),
    /// Print each statement of the migrations with its lock, forwards and back
    Plan(PlanArguments),
    /// Set a repository up: configuration, pre-commit hook, CI workflow
    Init(InitArguments),
    /// Print a shell's completions
    Completions(CompletionsArguments),
    /// Print a man page
    #[command(hide = true)]
    Man(ManArguments),
    /// List the rules
    Rules(RulesArguments),
    /// Explain a rule: what it finds, why that is bad, the safe way
    Explain(ExplainArguments),
}

/// Arguments of `rules`.
#[derive(Debug, Args)]
pub struct RulesArguments {
    /// As JSON
    #[arg(long)]
    pub json: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub color: ColorChoice,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct ExplainArguments {
    /// The rule's name
    pub rule: String,
    /// As JSON
    #[arg(long)]
    pub json: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub color: ColorChoice,
}

/// What every command that reads a project takes.
#[derive(Debug, Clone, Args)]
pub struct ProjectArguments {
    /// A repository or a Django project
    #[arg(default_value = ".")]
    pub path: PathBuf,
    /// Settings module, instead of the one that `manage.py` names
    #[arg(long, value_name = "MODULE")]
    pub settings: Option<String>,
    /// Folder of installed packages' source; may be given several times [default: the virtual
    /// environment, from `VIRTUAL_ENV`, `.venv` or `venv`]
    #[arg(long, value_name = "DIR")]
    pub python_path: Vec<PathBuf>,
    /// Configuration file [default: `migcheck.toml`, or `[tool.migcheck]` in `pyproject.toml`]
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Look at this app alone; may be given several times
    #[arg(long, value_name = "LABEL")]
    pub app: Vec<String>,
    /// Database: postgresql, mysql, mariadb, sqlite or oracle, with an optional version
    /// (`postgresql:16`)
    #[arg(long, value_name = "DIALECT")]
    pub dialect: Option<Dialect>,
    /// Django's version, as `5.2`
    #[arg(long, value_name = "VERSION", value_parser = parse_django)]
    pub django: Option<DjangoVersion>,
    /// Say nothing but the answer
    #[arg(long, short)]
    pub quiet: bool,
    /// When to use colours
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, value_name = "WHEN")]
    pub color: ColorChoice,
}

/// Arguments of `check`.
#[derive(Debug, Clone, Args)]
pub struct CheckArguments {
    /// The project.
    #[command(flatten)]
    pub project: ProjectArguments,
    /// Look only at what came since this revision's merge base with HEAD: `origin/main`; `auto` is the branch
    /// that the CI's pull request is made to, else that of the remote (`origin/HEAD`), else HEAD itself
    #[arg(long, value_name = "REV")]
    pub diff: Option<String>,
    /// What is applied somewhere, to hold it against the graph.
    #[command(flatten)]
    pub environment: EnvironmentArguments,
    /// How to show what was found; may be given several times, each with an `--output` of its own
    /// but for one [default: human]
    #[arg(long, value_enum)]
    pub format: Vec<Format>,
    /// Write the answer in the format before it to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Vec<PathBuf>,
    /// Which answer goes where, once formats and files are put together.
    #[arg(skip)]
    pub outputs: Vec<(Format, Option<PathBuf>)>,
    /// Run these rules alone (comma-separated, may be given several times)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub select: Vec<String>,
    /// Leave these rules out (comma-separated, may be given several times)
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub ignore: Vec<String>,
    /// Run pedantic rules, too
    #[arg(long)]
    pub pedantic: bool,
    /// The least severity that makes the exit code 1 [default: error]
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOn>,
    /// Leave out findings that this file lists, a report of an earlier run as JSON
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
}

/// Arguments of `baseline`.
#[derive(Debug, Clone, Args)]
pub struct BaselineArguments {
    /// What to look at.
    #[command(flatten)]
    pub check: CheckArguments,
    /// Write it to the file that `--baseline` or the configuration names [default:
    /// `migcheck-baseline.json`]
    #[arg(long)]
    pub write: bool,
}

/// Arguments of `pending`.
#[derive(Debug, Clone, Args)]
#[command(group(ArgGroup::new("environment").args(["applied", "database_url"]).required(true)))]
pub struct PendingArguments {
    /// The project.
    #[command(flatten)]
    pub project: ProjectArguments,
    /// What is applied.
    #[command(flatten)]
    pub environment: EnvironmentArguments,
    /// Instead, what going back to this migration would undo, and whether it can
    #[arg(long, value_name = "APP.NAME")]
    pub back_to: Option<String>,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `comment`.
#[derive(Debug, Clone, Args)]
pub struct CommentArguments {
    /// What to check, if no report is given.
    #[command(flatten)]
    pub check: CheckArguments,
    /// Post this report (`check --diff REV --format json --output FILE`) instead of checking: made by
    /// another job, on code that nobody vouches for
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Print the comment and where it would go; send nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The forge: github, gitlab, gitea, forgejo or bitbucket [default: from the CI's variables]
    #[arg(long, value_name = "NAME")]
    pub forge: Option<String>,
    /// Its API's address [default: from the CI's variables]
    #[arg(long, value_name = "URL")]
    pub api_url: Option<String>,
    /// The repository: `owner/name`, or GitLab's project number [default: from the CI's variables]
    #[arg(long, value_name = "REPOSITORY")]
    pub repository: Option<String>,
    /// The number of the pull or merge request [default: from the CI's variables]
    #[arg(long, value_name = "NUMBER")]
    pub number: Option<u64>,
    /// Tells several comments on one pull request apart
    #[arg(long, value_name = "NAME", default_value = "report", value_parser = parse_name)]
    pub name: String,
    /// What becomes of the comment when nothing is wrong any more
    #[arg(long, value_enum, default_value_t = WhenClean::Update, value_name = "WHAT")]
    pub when_clean: WhenClean,
}

/// What becomes of the comment when nothing is wrong any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum WhenClean {
    /// It says so; where there is none, none is made
    #[default]
    Update,
    /// It is taken away
    Delete,
    /// It is made even where there was none
    Always,
}

fn parse_name(text: &str) -> Result<String, String> {
    let plain =
        !text.is_empty() && text.len() <= 50 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if plain { Ok(text.to_owned()) } else { Err("letters, digits and `-` alone".to_owned()) }
}

/// Arguments of `graph`.
#[derive(Debug, Clone, Args)]
pub struct GraphArguments {
    /// The project.
    #[command(flatten)]
    pub project: ProjectArguments,
    /// For Graphviz: `migcheck graph --dot | dot -Tsvg`
    #[arg(long, group = "form")]
    pub dot: bool,
    /// For Mermaid, which GitHub and GitLab draw
    #[arg(long, group = "form")]
    pub mermaid: bool,
    /// For programs
    #[arg(long, group = "form")]
    pub json: bool,
    /// For people [default]
    #[arg(long, group = "form")]
    pub text: bool,
    /// Leave out the migrations of installed packages
    #[arg(long)]
    pub no_external: bool,
}

/// Arguments of `state`.
#[derive(Debug, Clone, Args)]
pub struct StateArguments {
    /// The project.
    #[command(flatten)]
    pub project: ProjectArguments,
    /// The state after this migration and what it depends on, instead of after all
    #[arg(long, value_name = "APP.NAME", conflicts_with = "models")]
    pub at: Option<String>,
    /// The state that models.py declares
    #[arg(long)]
    pub models: bool,
    /// For programs
    #[arg(long)]
    pub json: bool,
}

/// Arguments of `missing`.
#[derive(Debug, Clone, Args)]
pub struct MissingArguments {
    /// The project.
    #[command(flatten)]
    pub project: ProjectArguments,
    /// For programs
    #[arg(long)]
    pub json: bool,
    /// Exit with 1 where something could not be decided, too
    #[arg(long)]
    pub strict: bool,
    /// Write the missing migrations, as `makemigrations` would. An app is left alone where Django
    /// would ask something, or something that its migration needs is not known; that is the exit
    /// code 1 then
    #[arg(long)]
    pub write: bool,
}

/// Arguments of `fix`.
#[derive(Debug, Clone, Args)]
pub struct FixArguments {
    /// The project.
    #[command(flatten)]
    pub project: ProjectArguments,
    /// Show what would change as a diff, which is done without it, too; with a revision
    /// (`origin/main`, `auto`), migrations that it does not have count as not applied yet: they may be edited,
    /// and come after those that it has
    #[arg(long, value_name = "REV", num_args = 0..=1)]
    pub diff: Option<Option<String>>,
    /// This migration is not applied anywhere: it may be edited, and comes last where an app has several
    /// leaves; may be given several times
    #[arg(long, value_name = "APP.NAME")]
    pub migration: Vec<String>,
    /// Join several leaves by a merge migration, as `makemigrations --merge` does, instead of putting one
    /// after the other
    #[arg(long)]
    pub merge: bool,
    /// The order of `RunPython`, `RunSQL` and the like in the two sides of a conflict does not matter
    #[arg(long)]
    pub allow_unknown: bool,
    /// Write the changes
    #[arg(long)]
    pub write: bool,
}

/// Arguments of `init`.
#[derive(Debug, Clone, Args)]
pub struct InitArguments {
    /// The project.
    #[command(flatten)]
    pub project: ProjectArguments,
    /// Whose workflow to write [default: gitlab where there is a `.gitlab-ci.yml`, else github]
    #[arg(long, value_enum)]
    pub ci: Option<Ci>,
    /// Write the files; one that exists stays as it is
    #[arg(long)]
    pub write: bool,
}

/// Where checks run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Ci {
    /// GitHub Actions
    Github,
    /// GitLab CI
    Gitlab,
    /// Nowhere
    None,
}

/// Arguments of `completions`.
#[derive(Debug, Clone, Args)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Debug, Clone, Args)]
pub struct ManArguments {
    /// The command [default: migcheck itself]
    pub command: Option<String>,
}

/// Arguments of `sql`.
#[derive(Debug, Clone, Args)]
pub struct SqlArguments {
    /// The app's label
    #[arg(value_name = "APP")]
    pub app_label: String,
    /// The migration's name, or how it begins, if no other one does
    #[arg(value_name = "NAME")]
    pub migration_name: String,
    /// The project.
    #[command(flatten)]
    pub project: ProjectArguments,
    /// The SQL that unapplies it
    #[arg(long)]
    pub backwards: bool,
}

/// Arguments of `plan`.
#[derive(Debug, Clone, Args)]
#[command(override_usage = "migcheck plan [OPTIONS] [PATH] [APP [NAME]]")]
pub struct PlanArguments {
    /// The project.
    #[command(flatten)]
    pub project: ProjectArguments,
    /// This app alone, or this migration of it: its name, or how it begins. Without a PATH before them
    /// (`plan shop 0002`) they are of the project here; a folder that has an app's name is `./shop`
    #[arg(value_names = ["APP", "NAME"], num_args = 0..=2)]
    pub target: Vec<String>,
    /// What is applied, to leave it out.
    #[command(flatten)]
    pub environment: EnvironmentArguments,
    /// Only what came since this revision's merge base with HEAD: `origin/main`, or `auto`
    #[arg(long, value_name = "REV")]
    pub diff: Option<String>,
    /// How to show it
    #[arg(long, value_enum, default_value_t = PlanFormat::Human)]
    pub format: PlanFormat,
}

/// How to show a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum PlanFormat {
    /// For people: a table a migration
    #[default]
    Human,
    /// For a pull request
    Markdown,
    /// For programs
    Json,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// How to show what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum Format {
    /// For people: excerpts and the safe way
    #[default]
    Human,
    /// One line a finding
    Concise,
    /// For a pull request
    Markdown,
    /// For programs
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// Annotations of a GitHub workflow, and its step summary
    Github,
    /// Code quality report of GitLab
    Gitlab,
    /// XML of `JUnit`
    Junit,
}

/// The least severity that counts as failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Errors alone
    #[default]
    Error,
    /// Warnings and worse
    Warning,
    /// Everything
    Info,
    /// Nothing
    Never,
}

impl FailOn {
    /// The least severity; `None` where nothing counts.
    pub fn severity(self) -> Option<Severity> {
        match self {
            Self::Error => Some(Severity::Error),
            Self::Warning => Some(Severity::Warning),
            Self::Info => Some(Severity::Pedantic),
            Self::Never => None,
        }
    }
}

fn parse_django(text: &str) -> Result<DjangoVersion, String> {
    DjangoVersion::parse(text).ok_or_else(|| format!("`{text}` is no version of Django: write `5.2`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory as _;
        Arguments::command().debug_assert();
    }
}
