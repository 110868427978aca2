//! `migcheck.toml`, or `[tool.migcheck]` in `pyproject.toml`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use super::arguments::FailOn;
use crate::database::Dialect;
use crate::django::operations::AMOUNTS_TO;
use crate::django::version::DjangoVersion;
use crate::report::Severity;
use crate::rules::selection::{Scope, Selection, Target, rule_name};
use crate::rules::table_sizes::{SMALL, TableSizes};

/// A configuration file may not be bigger.
const LARGEST: u64 = 1 << 20;

/// The configuration as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Config {
    /// Settings module of every project that does not name its own.
    pub settings: Option<String>,
    /// Folders of installed packages' source, relative to the file.
    pub python_path: Vec<PathBuf>,
    /// The database.
    pub dialect: Option<DialectText>,
    /// Django's version.
    pub django: Option<DjangoText>,
    /// Rules to run, if not all.
    pub select: Vec<RuleName>,
    /// Rules to leave out.
    pub ignore: Vec<RuleName>,
    /// Whether to run pedantic rules, too.
    pub pedantic: bool,
    /// The least severity that makes the exit code 1.
    pub fail_on: Option<FailOn>,
    /// A report of an earlier run, whose findings are left out; relative to the file.
    pub baseline: Option<PathBuf>,
    /// Another severity than the rule's own.
    pub severity: BTreeMap<RuleName, Severity>,
    /// What holds for one app, by label.
    pub apps: BTreeMap<String, ScopeConfig>,
    /// What holds below a path, relative to the analysed root.
    pub paths: BTreeMap<String, ScopeConfig>,
    /// The Django projects of the repository, where they are not found by their `manage.py`.
    pub projects: Vec<ProjectConfig>,
    /// Operations of other packages or the project's own, by dotted class, and what each amounts to:
    /// the name of one of Django's operations.
    pub operations: BTreeMap<String, OperationName>,
    /// What is known of tables.
    pub tables: TablesConfig,
}

/// What is known of tables.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct TablesConfig {
    /// Tables that are small: what is done to all their rows is soon done.
    pub small: Vec<String>,
    /// Tables that are big or never idle: what locks them is an error.
    pub hot: Vec<String>,
    /// A file of `table,rows` lines, relative to the configuration.
    pub rows: Option<PathBuf>,
    /// Tables with no more rows than this are small; 10000 unless it says otherwise.
    pub small_rows: Option<u64>,
}

/// What holds for a part of the project.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct ScopeConfig {
    /// Rules that are off there.
    pub ignore: Vec<RuleName>,
    /// Another severity there.
    pub severity: BTreeMap<RuleName, Severity>,
}

/// A Django project of the repository.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProjectConfig {
    /// Its folder, relative to the file.
    pub root: PathBuf,
    /// Its settings module.
    pub settings: Option<String>,
    /// Folders of installed packages' source.
    #[serde(default)]
    pub python_path: Vec<PathBuf>,
    /// Its database.
    pub dialect: Option<DialectText>,
    /// Its version of Django.
    pub django: Option<DjangoText>,
}

/// The name of a rule that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleName(pub &'static str);

/// A dialect, written as on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DialectText(pub Dialect);

/// A version of Django, written as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DjangoText(pub DjangoVersion);

/// The name of one of Django's operations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OperationName(pub &'static str);

/// Why a configuration could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("{path}: {error}")]
    Io {
        /// The file.
        path: String,
        /// What the system says.
        error: std::io::Error,
    },
    /// It is too big to be one.
    #[error("{path}: over 1 MiB, too big for a configuration file")]
    TooLarge {
        /// The file.
        path: String,
    },
    /// Something in it is wrong.
    #[error("{path}:{line}:{column}: {message}")]
    Wrong {
        /// The file.
        path: String,
        /// From 1.
        line: u32,
        /// From 1, in characters.
        column: u32,
        /// What is wrong.
        message: String,
    },
}

/// A configuration and the file it stands in.
#[derive(Debug, Clone, Default)]
pub struct Found {
    /// What it says.
    pub config: Config,
    /// The file; `None` where there is none.
    pub path: Option<PathBuf>,
}

impl Found {
    /// A path that the configuration names, made absolute by its file's folder.
    pub fn resolve(&self, path: &Path) -> PathBuf {
        self.path
            .as_deref()
            .and_then(Path::parent)
            .map_or_else(|| path.to_owned(), |folder| folder.join(path))
    }
}

/// Reads a configuration file that was named.
///
/// # Errors
/// It cannot be read or something in it is wrong.
pub fn read(path: &Path) -> Result<Found, ConfigError> {
    let text = read_text(path)?;
    let pyproject = path.file_name().is_some_and(|name| name == "pyproject.toml");
    let config = if pyproject {
        parse_pyproject(&text, &path.display().to_string())?.unwrap_or_default()
    } else {
        parse(&text, &path.display().to_string())?
    };
    Ok(Found { config, path: Some(path.to_owned()) })
}

/// Finds the configuration for a folder: in it, or above it up to the repository's root.
///
/// # Errors
/// The file that was found cannot be read or something in it is wrong.
pub fn find(start: &Path) -> Result<Found, ConfigError> {
    let start = start.canonicalize().unwrap_or_else(|_| start.to_owned());
    for folder in start.ancestors() {
        let own = folder.join("migcheck.toml");
        if own.is_file() {
            stays(folder, &own)?;
            return read(&own);
        }
        let pyproject = folder.join("pyproject.toml");
        if pyproject.is_file() {
            stays(folder, &pyproject)?;
            let text = read_text(&pyproject)?;
            // Most have no such table; what else is wrong with them is not ours to say.
            if text.contains("migcheck")
                && let Some(config) = parse_pyproject(&text, &pyproject.display().to_string())?
            {
                return Ok(Found { config, path: Some(pyproject) });
            }
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(Found::default())
}

/// A file that is found in a repository is one of it: where a symbolic link leads out, what is wrong with
/// the file that it leads to would be told of a stranger's.
fn stays(folder: &Path, path: &Path) -> Result<(), ConfigError> {
    let top = folder.ancestors().find(|above| above.join(".git").exists()).unwrap_or(folder);
    if path.canonicalize().is_ok_and(|real| real.starts_with(top)) {
        return Ok(());
    }
    let error = std::io::Error::other("symbolic link out of the repository, not followed");
    Err(ConfigError::Io { path: path.display().to_string(), error })
}

fn read_text(path: &Path) -> Result<String, ConfigError> {
    let name = || path.display().to_string();
    let io = |error| ConfigError::Io { path: name(), error };
    let metadata = std::fs::metadata(path).map_err(io)?;
    if !metadata.is_file() {
        return Err(io(std::io::Error::other("not a file")));
    }
    if metadata.len() > LARGEST {
        return Err(ConfigError::TooLarge { path: name() });
    }
    std::fs::read_to_string(path).map_err(io)
}

/// Reads the text of a `migcheck.toml`; `path` is for messages.
///
/// # Errors
/// Something in it is wrong; the message names line and column.
pub fn parse(text: &str, path: &str) -> Result<Config, ConfigError> {
    toml::from_str(text).map_err(|error| wrong(&error, text, path))
}

/// Reads `[tool.migcheck]` of a `pyproject.toml`; `None` where there is none.
///
/// # Errors
/// Something in it is wrong; the message names line and column.
pub fn parse_pyproject(text: &str, path: &str) -> Result<Option<Config>, ConfigError> {
    #[derive(Deserialize)]
    struct Pyproject {
        tool: Option<Tool>,
    }
    #[derive(Deserialize)]
    struct Tool {
        migcheck: Option<Config>,
    }
    let pyproject: Pyproject = toml::from_str(text).map_err(|error| wrong(&error, text, path))?;
    Ok(pyproject.tool.and_then(|tool| tool.migcheck))
}

fn wrong(error: &toml::de::Error, text: &str, path: &str) -> ConfigError {
    let before = text.get(..error.span().map_or(0, |span| span.start)).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    ConfigError::Wrong {
        path: path.to_owned(),
        line: number(line),
        column: number(column),
        message: reworded(error.message()),
    }
}

/// serde lists every key that there is; one that may have been meant says more.
fn reworded(message: &str) -> String {
    let Some(rest) = message.strip_prefix("unknown field `") else {
        return message.to_owned();
    };
    let mut names = rest.split('`').step_by(2);
    let Some(unknown) = names.next() else { return message.to_owned() };
    let known: Vec<_> = names.collect();
    match crate::rules::nearest_of(unknown, known.iter().copied()) {
        Some(name) => format!("unknown key `{unknown}`; did you mean `{name}`?"),
        None => format!("unknown key `{unknown}`; there are {}", known.join(", ")),
    }
}

impl Config {
    /// Which rules run where, before the command line has its say.
    pub fn selection(&self) -> Selection {
        let names = |rules: &[RuleName]| rules.iter().map(|rule| rule.0).collect::<BTreeSet<_>>();
        let severities =
            |map: &BTreeMap<RuleName, Severity>| map.iter().map(|(rule, s)| (rule.0, *s)).collect();
        let scope = |target, config: &ScopeConfig| Scope {
            target,
            ignore: names(&config.ignore),
            severity: severities(&config.severity),
        };
        let apps = self.apps.iter().map(|(label, config)| scope(Target::App(label.clone()), config));
        let paths = self.paths.iter().map(|(path, config)| scope(Target::Path(path.clone()), config));
        Selection {
            select: names(&self.select),
            ignore: names(&self.ignore),
            pedantic: self.pedantic,
            severity: severities(&self.severity),
            scopes: apps.chain(paths).collect(),
        }
    }
}

impl Found {
    /// What the configuration knows of tables.
    ///
    /// # Errors
    /// The file of row counts cannot be read, or a line of it says no count.
    pub fn tables(&self) -> Result<TableSizes, ConfigError> {
        let config = &self.config.tables;
        let mut sizes = TableSizes {
            small: config.small.iter().cloned().collect(),
            hot: config.hot.iter().cloned().collect(),
            small_rows: config.small_rows.unwrap_or(SMALL),
            ..TableSizes::default()
        };
        if let Some(path) = &config.rows {
            let path = self.resolve(path);
            sizes.rows = rows(&read_text(&path)?, &path.display().to_string())?;
        }
        Ok(sizes)
    }
}

/// Lines of `table,rows`: comma, semicolon, tab or bar between them, quotes around the name, a header
/// line and lines of `psql` and `mysql` that hold no count left out.
fn rows(text: &str, path: &str) -> Result<BTreeMap<String, u64>, ConfigError> {
    let mut found = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let parts: Vec<&str> =
            line.split([',', ';', '\t', '|']).map(|part| part.trim().trim_matches('"')).collect();
        let ([table, count], false) = (parts.as_slice(), line.trim().is_empty()) else {
            if parts.len() > 1 {
                let message = "a line is `table,rows`".to_owned();
                let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
                return Err(ConfigError::Wrong { path: path.to_owned(), line, column: 1, message });
            }
            continue;
        };
        // PostgreSQL says -1 of a table that was never analysed.
        match count.parse::<i64>() {
            Ok(count) => {
                if let Ok(count) = u64::try_from(count) {
                    // `public.shop_order`: the schema's name does not count.
                    let name = table.rsplit('.').next().unwrap_or(table).trim_matches('"');
                    found.insert(name.to_owned(), count);
                }
            }
            Err(_) if index == 0 => {}
            Err(_) => {
                // What stands there is not shown: the file may lie anywhere.
                let message = "what stands behind the table is no number of rows".to_owned();
                let line = u32::try_from(index + 1).unwrap_or(u32::MAX);
                return Err(ConfigError::Wrong { path: path.to_owned(), line, column: 1, message });
            }
        }
    }
    Ok(found)
}

impl<'de> Deserialize<'de> for RuleName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        rule_name(&name).map(Self).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for DialectText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map(Self).map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for DjangoText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wrong = || D::Error::custom(format!("`{text}` is no version of Django: write \"5.2\""));
        DjangoVersion::parse(&text).map(Self).ok_or_else(wrong)
    }
}

impl<'de> Deserialize<'de> for OperationName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let name = text.strip_prefix("django.db.migrations.").unwrap_or(&text);
        let known = || AMOUNTS_TO.iter().map(|(name, _)| *name);
        known().find(|known| *known == name).map(Self).ok_or_else(|| {
            let nearest = crate::rules::nearest_of(name, known());
            let hint = nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"));
            D::Error::custom(format!("`{text}` is no operation of Django's that another can amount to{hint}"))
        })
    }
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = r#"
settings = "shop.settings"
python-path = [".venv/lib"]
dialect = "postgresql:16"
django = "5.2"
ignore = ["irreversible-operation"]
fail-on = "warning"

[severity]
remove-field = "warning"

[apps.legacy]
ignore = ["rename-field"]

[paths."vendor/"]
severity = { delete-model = "info" }

[[projects]]
root = "backend"
settings = "backend.settings"

[operations]
"acme.ops.AddIndexSafely" = "AddIndexConcurrently"

[tables]
small = ["shop_color"]
hot = ["shop_order"]
rows = "rows.csv"
small-rows = 500
"#;

    #[test]
    fn everything_that_can_be_written() {
        let config = parse(FULL, "migcheck.toml").unwrap();
        let selection = config.selection();
        assert!(!selection.is_on("irreversible-operation"));
        assert_eq!(selection.scopes.len(), 2);
        assert_eq!(config.dialect.unwrap().0.to_string(), "postgresql:16");
        assert_eq!(config.projects.len(), 1);
        let pyproject = FULL
            .replace("\nsettings = \"shop", "\n[tool.migcheck]\nsettings = \"shop")
            .replace("[severity]", "[tool.migcheck.severity]")
            .replace("[apps", "[tool.migcheck.apps")
            .replace("[paths", "[tool.migcheck.paths")
            .replace("[[projects", "[[tool.migcheck.projects")
            .replace("[operations]", "[tool.migcheck.operations]")
            .replace("[tables]", "[tool.migcheck.tables]");
        assert_eq!(parse_pyproject(&pyproject, "pyproject.toml").unwrap().unwrap().ignore.len(), 1);
        assert!(parse_pyproject("[tool.ruff]\nx = 1\n", "pyproject.toml").unwrap().is_none());
    }

    #[test]
    fn files_of_row_counts() {
        let read =
            rows("table,rows\npublic.shop_order,1200\n\"shop_tag\";5\nnever,-1\n\n", "rows.csv").unwrap();
        assert_eq!(
            read.into_iter().collect::<Vec<_>>(),
            [("shop_order".to_owned(), 1200), ("shop_tag".to_owned(), 5)]
        );
        let wrong = rows("a,1\nb,many\n", "rows.csv").unwrap_err().to_string();
        assert_eq!(wrong, "rows.csv:2:1: what stands behind the table is no number of rows");
        assert!(rows("a,1,2\n", "rows.csv").is_err());
    }

    fn message(text: &str) -> String {
        parse(text, "migcheck.toml").unwrap_err().to_string()
    }

    #[test]
    fn mistakes_name_line_and_what_was_meant() {
        assert_eq!(message("\nselct = []"), "migcheck.toml:2:1: unknown key `selct`; did you mean `select`?");
        assert_eq!(
            message("ignore = [\"remove-feild\"]"),
            "migcheck.toml:1:10: there is no rule `remove-feild`; did you mean `remove-field`?"
        );
        assert!(message("dialect = \"db2\"").starts_with("migcheck.toml:1:11: unknown database `db2`"));
        assert!(message("[operations]\n\"a.B\" = \"AddIdnex\"").contains("did you mean `AddIndex`?"));
        assert!(message("[tables]\nsmal = []").contains("did you mean `small`?"));
        assert!(message("[apps.x]\nignored = []").contains("did you mean `ignore`?"));
    }
}
