//! Where the parts come together: what was read of a project → graph → replay → rules → report.
//!
//! Nothing here reads a file: [`ProjectInput`] is what reading a project came to.

mod overview;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::database::Dialect;
use crate::django::applied::Applied;
use crate::django::keys::MigrationKey;
use crate::django::loader::{AppsForLoader, LoadedGraph, MigrationLoader};
use crate::django::migration::{Migration, Origin};
use crate::django::run_python::CodeFacts;
use crate::django::schema::{self, Settings};
use crate::django::state::Swappables;
use crate::django::version::DjangoVersion;
use crate::report::{Aspect, Finding, Notice, Place, ProjectReport, Undecided};
use crate::rules::deploy::Deploy;
use crate::rules::selection::Selection;
use crate::rules::table_sizes::TableSizes;
use crate::rules::{Ancestry, App, Awaited, BrokenMigration, Context, History, by_name, fold, ignores, run};
use crate::source::Location;

/// A project, as it was read.
#[derive(Debug, Clone)]
pub struct ProjectInput {
    /// Its folder, relative to the analysed root; `.` is the root itself.
    pub root: String,
    /// The database.
    pub dialect: Dialect,
    /// Django's version.
    pub django: DjangoVersion,
    /// The project's own apps, in order of their labels.
    pub apps: Vec<App>,
    /// All installed apps, as the loader must know them.
    pub installed: AppsForLoader,
    /// Every migration that was read, of the repository and of installed packages.
    pub migrations: Vec<Arc<Migration>>,
    /// Files of migrations packages that Django cannot load.
    pub broken: Vec<BrokenMigration>,
    /// Which model stands in for which.
    pub swappables: Swappables,
    /// What the functions of `RunPython` reach, by dotted path.
    pub code: BTreeMap<Arc<str>, CodeFacts>,
    /// What the models say.
    pub models: Awaited,
    /// Settings that statements depend on.
    pub settings: Settings,
    /// `lock_timeout` of the settings' `OPTIONS`.
    pub lock_timeout: Option<String>,
    /// How many databases the settings name.
    pub databases: usize,
    /// How the repository deploys.
    pub deploy: Deploy,
    /// What came since a base revision; `None` where there is none to compare with.
    pub history: Option<History>,
    /// What an environment has applied; `None` where no list was given.
    pub applied: Option<Applied>,
    /// The SQL of migrations that are to be shown with theirs.
    pub sql: BTreeMap<MigrationKey, String>,
    /// What could not be read or worked out.
    pub undecided: Vec<Undecided>,
    /// What to say of how the project was read.
    pub notices: Vec<Notice>,
}

/// What to look at, and how.
#[derive(Debug, Clone, Default)]
pub struct CheckOptions {
    /// Which rules are on.
    pub selection: Selection,
    /// These apps alone, if any are named.
    pub apps: BTreeSet<String>,
    /// With a base revision: the migrations that came since.
    pub new: Option<BTreeSet<MigrationKey>>,
    /// Fingerprints of findings to leave out.
    pub baseline: BTreeSet<String>,
    /// What the configuration knows of tables.
    pub tables: TableSizes,
}

/// The graph of a project, and its migrations in the order of the full plan.
pub fn graph(input: &ProjectInput) -> (LoadedGraph, Vec<Arc<Migration>>) {
    let graph = MigrationLoader::build(input.migrations.clone(), &input.installed, input.django);
    let plan = graph.graph.full_plan().iter().filter_map(|key| graph.graph.migration(key)).cloned().collect();
    (graph, plan)
}

/// What statements depend on besides migrations; a default that is not known is as good as any.
pub fn schema_context(input: &ProjectInput) -> schema::Context {
    schema::Context {
        version: input.django,
        dialect: input.dialect,
        settings: Settings { any_default: true, ..input.settings.clone() },
        swappables: input.swappables.clone(),
    }
}

/// Everything that is wrong or risky in a project.
pub fn check(input: &ProjectInput, options: &CheckOptions) -> ProjectReport {
    let new = options.new.clone().or_else(|| input.history.as_ref().map(History::to_check));
    let options = &CheckOptions { new: new.clone(), ..options.clone() };
    let (graph, plan) = graph(input);
    let ancestry = Ancestry::new(&graph.graph, &plan);
    let schema = schema_context(input);
    let context = Context {
        dialect: input.dialect,
        django: input.django,
        apps: &input.apps,
        swappables: &input.swappables,
        installed: &input.installed,
        graph: &graph,
        broken: &input.broken,
        ancestry: &ancestry,
        plan: &plan,
        code: &input.code,
        models: &input.models,
        schema: &schema,
        lock_timeout: input.lock_timeout.as_deref(),
        databases: input.databases,
        tables: &options.tables,
        deploy: &input.deploy,
        history: input.history.as_ref(),
        applied: input.applied.as_ref(),
        new: new.as_ref(),
    };
    let sink = run(&context, &options.selection);
    let files = commented_files(input, options);
    let undecided = undecided(input, sink.undecided);
    let partial = partial_files(input, options, &undecided);
    let scope = ignores::Scope {
        files: &files,
        partial: &partial,
        selection: &options.selection,
        vendor: input.dialect.vendor,
    };
    let weighed = sink.findings.into_iter().map(|finding| options.tables.weigh(finding)).collect();
    let findings = ignores::apply(weighed, &scope);
    let findings = findings.into_iter().filter_map(|finding| options.selection.judge(finding)).collect();
    let findings = fold(findings);
    drop(partial);
    let since = input.history.iter().flat_map(|history| history.undecided.iter().cloned());
    let mut report = ProjectReport {
        root: input.root.clone(),
        dialect: input.dialect.to_string(),
        findings,
        undecided: undecided.into_iter().chain(since).collect(),
        notices: input.notices.clone(),
        migrations: input.migrations.iter().filter(|migration| is_ours(migration, options)).count(),
        overview: None,
    };
    if !options.apps.is_empty() {
        let wanted = |app: Option<&str>| app.is_none_or(|app| options.apps.contains(app));
        report.findings.retain(|finding| wanted(finding.app_label()));
    }
    if let Some(history) = &input.history {
        report.findings.retain(|finding| concerns(history, finding));
        report.undecided.retain(|undecided| {
            let changed = |path: &Arc<str>| history.changed_paths.contains(path);
            undecided.path.as_ref().is_none_or(changed) || history.undecided.contains(undecided)
        });
    }
    report.finish();
    report.findings.retain(|finding| !options.baseline.contains(&finding.fingerprint));
    report.overview =
        input.history.as_ref().map(|history| overview::overview(input, history, &graph, &plan, &sink.locks));
    report
}

/// What could not be read, and what the rules could not decide.
fn undecided(input: &ProjectInput, by_rules: Vec<Undecided>) -> Vec<Undecided> {
    let mut all = input.undecided.clone();
    for one in &input.models.get().undecided {
        if !input.undecided.contains(one) {
            all.push(one.clone());
        }
    }
    all.extend(by_rules);
    all
}

/// Whether a finding is about what came since the base: it is about history, or about a migration or a
/// file that is new or changed, or about an app that lost a migration.
fn concerns(history: &History, finding: &Finding) -> bool {
    let is_history = by_name(finding.rule).is_some_and(|rule| rule.info.aspect == Aspect::History);
    let checked = |key: &MigrationKey| {
        history.new.contains(key) || history.edited.iter().any(|edited| edited.key == *key)
    };
    let changed = |path: &str| history.changed_paths.contains(path);
    let lost = |app: &str| history.deleted.iter().any(|deleted| deleted.key.app.as_str() == app);
    is_history
        || finding.migration.as_ref().is_some_and(checked)
        || changed(finding.place.path())
        || finding.labels.iter().any(|label| changed(label.at.file.display()))
        || finding.app_label().is_some_and(lost)
}

fn is_ours(migration: &Migration, options: &CheckOptions) -> bool {
    let checked = options.new.as_ref().is_none_or(|new| new.contains(&migration.key));
    let wanted = options.apps.is_empty() || options.apps.contains(migration.key.app.as_str());
    migration.origin == Origin::Project && checked && wanted
}

/// The files whose `# migcheck: ignore[…]` comments count.
fn commented_files(input: &ProjectInput, options: &CheckOptions) -> Vec<Arc<crate::source::SourceFile>> {
    let migrations = input.migrations.iter().filter(|migration| is_ours(migration, options));
    let code = input.code.values().flat_map(places).map(|at| at.file.clone());
    let broken = input.broken.iter().filter_map(|broken| match &broken.place {
        Place::Range(at) => Some(at.file.clone()),
        Place::Path(_) => None,
    });
    let models = input.models.get().drift.iter().flat_map(|drift| drift.files.iter().cloned());
    let migrations = migrations.filter_map(|migration| migration.file.clone());
    let mut files: Vec<_> = migrations.chain(code).chain(broken).chain(models).collect();
    files.sort_by(|a, b| a.display().cmp(b.display()));
    files.dedup_by(|a, b| a.display() == b.display());
    files
}

/// Files in which something was not decided, or, where a part of the project is looked at, code that
/// other migrations may run: that nothing fires there proves nothing.
fn partial_files<'a>(
    input: &'a ProjectInput,
    options: &CheckOptions,
    undecided: &'a [Undecided],
) -> BTreeSet<&'a str> {
    let mut paths: BTreeSet<&str> =
        undecided.iter().filter_map(|undecided| undecided.path.as_deref()).collect();
    if options.new.is_some() || !options.apps.is_empty() {
        paths.extend(input.code.values().flat_map(places).map(|at| at.file.display()));
    }
    paths
}

/// The places that findings about the functions of `RunPython` may have.
fn places(facts: &CodeFacts) -> impl Iterator<Item = &Location> {
    let data = &facts.data;
    let models = facts.models.iter().map(|found| &found.at);
    let members =
        data.members.iter().map(|member| &member.at).chain(data.writes.iter().map(|write| &write.at));
    let rows = data.rows.iter().map(|row| &row.at).chain(data.written.iter().map(|one| &one.at));
    let queries = data.queries.iter().map(|query| &query.at).chain(data.bindings.iter().map(|one| &one.at));
    models
        .chain(members)
        .chain(queries)
        .chain(rows)
        .chain(&data.formatted)
        .chain(facts.parameters.as_ref().map(|one| &one.at))
}
