//! Which migrations an environment has applied, from what it says of itself: `showmigrations --plan`,
//! `showmigrations --list`, or the table `django_migrations` as JSON or CSV.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;
use thiserror::Error;

use super::keys::{AppLabel, MigrationKey};
use super::loader::LoadedGraph;
use super::migration::Origin;

/// What is applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The file's name, for people.
    pub source: Arc<str>,
    /// The migrations.
    pub keys: BTreeSet<MigrationKey>,
}

/// Why a list of applied migrations cannot be read.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum AppliedError {
    /// It is no JSON that lists migrations.
    #[error("it is no JSON that lists migrations: objects or pairs of `app` and `name`")]
    Json,
    /// A line is of no form that is known.
    #[error("line {0} is none of `showmigrations --plan`, `showmigrations --list` or CSV")]
    Line(usize),
    /// A CSV without the columns.
    #[error("the CSV has no columns `app` and `name`")]
    Columns,
}

/// Reads a list of whichever form it has.
///
/// # Errors
/// It has none that is known.
pub fn parse(text: &str, source: &str) -> Result<Applied, AppliedError> {
    let text = text.trim_start_matches('\u{feff}');
    let first = text.lines().map(str::trim).find(|line| !line.is_empty());
    let keys = match first {
        None => BTreeSet::new(),
        Some(line) if is_json(line) => json(text)?,
        // A tab tells cells apart where MySQL's client prints them.
        Some(line) if line.contains([',', '\t']) && mark(line).is_none() => csv(text, line)?,
        Some(_) => shown(text)?,
    };
    Ok(Applied { source: source.into(), keys })
}

/// `[X]` begins a line of `showmigrations`, and no JSON.
fn is_json(line: &str) -> bool {
    line.starts_with('{') || (line.starts_with('[') && mark(line).is_none())
}

/// The mark at the start of a line, and what follows it.
fn mark(line: &str) -> Option<(bool, &str)> {
    let line = line.trim_start();
    let rest = line.strip_prefix("[X]").or_else(|| line.strip_prefix("[x]"));
    if let Some(rest) = rest {
        return Some((true, rest.trim_start()));
    }
    // `[-]` is a squash whose replaced migrations are applied and that is not recorded yet.
    let rest = line.strip_prefix("[ ]").or_else(|| line.strip_prefix("[-]"))?;
    Some((false, rest.trim_start()))
}

fn key(app: &str, name: &str) -> MigrationKey {
    MigrationKey::new(AppLabel::new(app), name)
}

/// `showmigrations` (`django/core/management/commands/showmigrations.py`).
fn shown(text: &str) -> Result<BTreeSet<MigrationKey>, AppliedError> {
    let mut keys = BTreeSet::new();
    let mut app: Option<&str> = None;
    for (index, line) in text.lines().enumerate() {
        let bare = line.trim();
        if bare.is_empty() || bare == "(no migrations)" {
            continue;
        }
        let Some((applied, rest)) = mark(line) else {
            let is_label = bare.chars().all(|c| c.is_alphanumeric() || c == '_');
            if !is_label {
                return Err(AppliedError::Line(index + 1));
            }
            app = Some(bare);
            continue;
        };
        let name = rest.split_whitespace().next().ok_or(AppliedError::Line(index + 1))?;
        // In a plan the app stands before the name; names of modules hold no dot.
        let found = match (name.split_once('.'), app) {
            (Some((app, name)), _) => key(app, name),
            (None, Some(app)) => key(app, name),
            (None, None) => return Err(AppliedError::Line(index + 1)),
        };
        if applied {
            keys.insert(found);
        }
    }
    Ok(keys)
}

fn json(text: &str) -> Result<BTreeSet<MigrationKey>, AppliedError> {
    let value: Value = serde_json::from_str(text).map_err(|_| AppliedError::Json)?;
    let list = match &value {
        Value::Array(list) => list,
        Value::Object(object) => {
            let mut lists = object.values().filter_map(Value::as_array);
            lists.next().ok_or(AppliedError::Json)?
        }
        _ => return Err(AppliedError::Json),
    };
    let pair = |one: &Value| {
        // A fixture, as `dumpdata` writes it, has the columns in `fields`.
        let one = one.get("fields").unwrap_or(one);
        let (app, name) = match one {
            Value::Array(pair) => (pair.first()?, pair.get(1)?),
            _ => (one.get("app")?, one.get("name")?),
        };
        Some(key(app.as_str()?, name.as_str()?))
    };
    list.iter().map(pair).collect::<Option<_>>().ok_or(AppliedError::Json)
}

/// With a header, or the table's own columns (`id, app, name, applied`), or `app, name`.
fn csv(text: &str, first: &str) -> Result<BTreeSet<MigrationKey>, AppliedError> {
    let separator = if first.contains(',') { ',' } else { '\t' };
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    let mut rows = lines.map(|line| cells(line, separator)).peekable();
    let Some(first) = rows.peek() else { return Ok(BTreeSet::new()) };
    let column = |name: &str| first.iter().position(|cell| cell.eq_ignore_ascii_case(name));
    let (app, name) = match (column("app"), column("name")) {
        (Some(app), Some(name)) => {
            rows.next();
            (app, name)
        }
        _ if first.len() == 2 => (0, 1),
        _ if first.len() >= 3 && first.first().is_some_and(|id| id.parse::<u64>().is_ok()) => (1, 2),
        _ => return Err(AppliedError::Columns),
    };
    let pair = |row: Vec<String>| Some(key(row.get(app)?, row.get(name)?));
    rows.map(pair).collect::<Option<_>>().ok_or(AppliedError::Columns)
}

/// The cells of a line (RFC 4180; a name of an app or migration holds no line end).
fn cells(line: &str, separator: char) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut quoted = false;
    let mut rest = line.chars().peekable();
    while let Some(c) = rest.next() {
        let Some(cell) = all.last_mut() else { break };
        match c {
            '"' if quoted && rest.peek() == Some(&'"') => {
                rest.next();
                cell.push('"');
            }
            '"' => quoted = !quoted,
            c if c == separator && !quoted => all.push(String::new()),
            c => cell.push(c),
        }
    }
    all.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// What is wrong with a history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inconsistency {
    /// `InconsistentMigrationHistory`: a migration is applied before its dependency.
    BeforeDependency {
        /// What is applied.
        migration: MigrationKey,
        /// What is not.
        dependency: MigrationKey,
    },
    /// What is applied no longer exists.
    Gone(MigrationKey),
}

impl Applied {
    /// What is applied, squashes counted as Django counts them: one is, if all that it replaces is
    /// (`MigrationLoader.build_graph`, `django/db/migrations/loader.py`).
    fn effective(&self, loaded: &LoadedGraph) -> BTreeSet<MigrationKey> {
        let mut applied = self.keys.clone();
        for migration in loaded.disk.values().filter(|migration| !migration.replaces.is_empty()) {
            if migration.replaces.iter().all(|replaced| applied.contains(&replaced.key)) {
                applied.insert(migration.key.clone());
            }
        }
        applied
    }

    /// Mirrors `MigrationLoader.check_consistent_history`; what is gone is not Django's matter, which
    /// takes no notice of it.
    pub fn inconsistencies(&self, loaded: &LoadedGraph) -> Vec<Inconsistency> {
        let applied = self.effective(loaded);
        let mut found = Vec::new();
        for migration in applied.iter().filter(|key| loaded.graph.contains(key)) {
            for dependency in loaded.graph.parents(migration) {
                if !applied.contains(&dependency) {
                    found.push(Inconsistency::BeforeDependency { migration: migration.clone(), dependency });
                }
            }
        }
        let ours: BTreeSet<&AppLabel> = loaded
            .disk
            .values()
            .filter(|migration| migration.origin == Origin::Project)
            .map(|migration| &migration.key.app)
            .collect();
        let gone = self.keys.iter().filter(|key| ours.contains(&key.app) && !loaded.disk.contains_key(key));
        found.extend(gone.cloned().map(Inconsistency::Gone));
        found
    }

    /// What `migrate` would apply, in its order.
    pub fn pending(&self, loaded: &LoadedGraph) -> Vec<MigrationKey> {
        let applied = self.effective(loaded);
        loaded.graph.full_plan().into_iter().filter(|key| !applied.contains(key)).collect()
    }

    /// What going back to a migration would unapply, the last first.
    pub fn unapplied_by(&self, loaded: &LoadedGraph, target: &MigrationKey) -> Vec<MigrationKey> {
        let applied = self.effective(loaded);
        let mut found: BTreeSet<MigrationKey> = BTreeSet::new();
        // `MigrationExecutor.migration_plan`: the target's children in its own app, and theirs.
        for child in loaded.graph.children(target).into_iter().filter(|child| child.app == target.app) {
            found.extend(loaded.graph.backwards_plan(&child).unwrap_or_default());
        }
        let plan = loaded.graph.full_plan().into_iter().rev();
        plan.filter(|key| found.contains(key) && applied.contains(key)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(text: &str) -> Vec<String> {
        parse(text, "x").unwrap().keys.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_form_says_the_same() {
        let expected = ["blog.0001_initial", "shop.0001_initial"];
        for text in [
            "[X]  blog.0001_initial\n[X]  shop.0001_initial\n[ ]  shop.0002_note ... (shop.0001_initial)\n",
            "blog\n [X] 0001_initial\nempty\n (no migrations)\nshop\n [X] 0001_initial (2 squashed migrations)\n [ ] 0002_note\n",
            "blog\n [X] 0001_initial (applied at 2024-01-01 00:00:00)\nshop\n [X] 0001_initial\n [-] 0003_s (2 squashed migrations) run 'manage.py migrate' to finish recording.\n",
            r#"[{"app": "blog", "name": "0001_initial"}, {"app": "shop", "name": "0001_initial"}]"#,
            r#"[["blog", "0001_initial"], ["shop", "0001_initial"]]"#,
            r#"[{"model": "migrations.migration", "pk": 1, "fields": {"app": "blog", "name": "0001_initial"}}, {"fields": {"app": "shop", "name": "0001_initial"}}]"#,
            "id,app,name,applied\n1,blog,0001_initial,2024\n2,shop,\"0001_initial\",\"a,b\"\n",
            "1,blog,0001_initial,2024\r\n2,shop,0001_initial,2024\r\n",
            "blog,0001_initial\nshop,0001_initial\n",
            "app\tname\nblog\t0001_initial\nshop\t0001_initial\n",
        ] {
            assert_eq!(keys(text), expected, "{text}");
        }
        assert!(keys("").is_empty());
    }

    #[test]
    fn what_is_none_of_them_is_refused() {
        assert_eq!(parse("what is this?", "x"), Err(AppliedError::Line(1)));
        assert_eq!(parse("[X] 0001_initial", "x"), Err(AppliedError::Line(1)));
        assert_eq!(parse("[1, 2]", "x"), Err(AppliedError::Json));
        assert_eq!(parse("a,b,c\n", "x"), Err(AppliedError::Columns));
    }
}
