//! What an environment has applied: from a list that somebody made, or from its database.

use std::fmt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use super::progress;
use crate::django::applied::{Applied, parse};
use crate::live::{self, DatabaseUrl};

/// A list of applied migrations may not be bigger: as JSON it takes thirty times as much to hold. A thousand
/// migrations take 100 kB.
const LARGEST: u64 = 8 << 20;

/// Where to learn what is applied.
#[derive(Debug, Clone, Args)]
pub struct EnvironmentArguments {
    /// What is applied: `showmigrations --plan` or `--list`, or the table `django_migrations` as JSON or
    /// CSV; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub applied: Option<PathBuf>,
    /// Instead, ask the database, which is only read: `env:DATABASE_URL` is the address in that variable;
    /// or `postgres://user:password@host:5432/name`, `mysql://…`, `sqlite:///path` itself, which others on
    /// this machine may see. Needs a build with `--features database`
    #[arg(long, value_name = "URL", conflicts_with = "applied")]
    pub database_url: Option<Address>,
}

/// The address of a database, or where it is kept: never shown.
#[derive(Clone)]
pub struct Address(String);

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl From<String> for Address {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl Address {
    /// The address, and what to call it. One from the environment is called by its variable: it is kept
    /// there so that it isn't shown.
    ///
    /// # Errors
    /// There is no such variable, or it is no address.
    fn resolve(&self) -> anyhow::Result<(DatabaseUrl, String)> {
        let Some(name) = self.0.strip_prefix("env:") else {
            let url = DatabaseUrl::parse(&self.0).context("--database-url")?;
            let label = url.label();
            return Ok((url, label));
        };
        let name = name.trim_start_matches('/');
        let is_name = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        anyhow::ensure!(is_name, "--database-url: `env:` is followed by the name of a variable");
        let text = match std::env::var(name) {
            Ok(text) if !text.trim().is_empty() => text,
            _ => anyhow::bail!("--database-url: the environment has no {name}"),
        };
        Ok((DatabaseUrl::parse(&text).with_context(|| name.to_owned())?, format!("env:{name}")))
    }
}

impl EnvironmentArguments {
    /// What is applied; `None` where it was not asked for.
    ///
    /// # Errors
    /// The file cannot be read or is of no form that is known; the database cannot be asked.
    pub(super) fn read(&self, quiet: bool) -> anyhow::Result<Option<Applied>> {
        if let Some(path) = &self.applied {
            return list(path).map(Some);
        }
        let Some(address) = &self.database_url else { return Ok(None) };
        let (url, source) = address.resolve()?;
        progress::stage(quiet, "asking the database");
        let recorded = live::recorded(&url).with_context(|| format!("--database-url: {source}"))?;
        if !recorded.has_table && !quiet {
            super::output::say("note: the database has no table django_migrations: nothing is applied there");
        }
        Ok(Some(Applied { source: source.into(), keys: recorded.keys }))
    }
}

/// Reads a list of applied migrations; `-` is standard input.
fn list(path: &Path) -> anyhow::Result<Applied> {
    let shown = || format!("the list of applied migrations {}", path.display());
    let text = super::named_file::text(path, LARGEST).with_context(shown)?;
    parse(&text, &path.display().to_string()).with_context(shown)
}
