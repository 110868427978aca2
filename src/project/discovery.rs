//! From a tree to its projects.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::apps::{App, AppReader};
use super::by_folder;
use super::database::Databases;
use super::manage::{self, AddedPaths, Managed};
use super::notice::{Notice, NoticeKind};
use super::reading::{Diagnostics, Folders};
use super::roots::{self, NamedProject, Root};
use super::search_path::{self, SearchPaths};
use super::settings::{self, Entry, Evaluated};
use super::settings_module::{self, Named, SettingsSearch};
use super::version::VersionSearch;
use super::{Project, ProjectOptions, VersionSource, readers};
use crate::django::runtime::{self, ProjectFacts};
use crate::django::version::DjangoVersion;
use crate::python::interpreter::{Interpreter, STACK_BYTES};
use crate::python::library::{Found, Library};
use crate::source::{Held, Tree};

/// How often the search path is extended by what settings turn out to need.
const ROUNDS: usize = 3;

/// The projects of a tree, sorted by their folders.
///
/// Runs on a thread of its own, as the evaluator needs [`STACK_BYTES`] of stack.
pub fn discover(tree: &Tree, options: &ProjectOptions) -> Vec<Project> {
    let run = || Discovery::new(tree, options).all();
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, run);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(projects)) => projects,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            // No thread of that size is to be had: this one must do.
            Err(_) => run(),
        }
    })
}

struct Discovery<'a> {
    tree: &'a Tree,
    options: &'a ProjectOptions,
    named: Vec<PathBuf>,
    folders: Folders,
    /// What is held of all projects.
    held: Arc<Held>,
}

impl<'a> Discovery<'a> {
    fn new(tree: &'a Tree, options: &'a ProjectOptions) -> Self {
        let named = search_path::named(&options.python_path, options.virtual_env.as_deref());
        let own = options.projects.iter().flat_map(|project| &project.python_path);
        let all: Vec<PathBuf> = named.iter().chain(own).cloned().collect();
        let folders = Folders::new(tree.root(), &all);
        Self { tree, options, named, folders, held: Arc::default() }
    }

    fn all(&self) -> Vec<Project> {
        let diagnostics = Diagnostics::default();
        let mut notices = Vec::new();
        let mut roots =
            roots::find(self.tree, &self.options.projects, &self.folders, &diagnostics, &mut notices);
        roots.sort_by(|a, b| a.folder.cmp(&b.folder));
        let folders: Vec<String> = roots.iter().map(|root| root.folder.clone()).collect();
        let mut projects: Vec<Project> = roots.iter().map(|root| self.project(root, &folders, &[])).collect();
        if self.options.projects.is_empty() && roots.iter().all(|root| root.manage.is_none()) {
            projects.retain(|project| project.settings_module.is_some() || !project.apps.is_empty());
        }
        if roots.iter().any(|root| root.manage.is_some()) && self.options.projects.is_empty() {
            projects.extend(self.beside(&projects, &folders));
        }
        if let Some(wanted) = &self.options.settings
            && projects.len() > 1
        {
            // One settings module is one project's: that in whose folder it lies, the nearest if several.
            let within = |project: &Project| match &project.settings_file {
                Some(file) => file.path().starts_with(self.tree.path(&project.root)),
                None => false,
            };
            let nearest = projects.iter().filter(|project| within(project));
            let has = |project: &&Project| project.settings_module.as_deref() == Some(wanted.as_str());
            let nearest = nearest.max_by_key(|project| project.root.len()).or(projects.iter().find(has));
            if let Some(root) = nearest.map(|project| project.root.clone()) {
                projects.retain(|project| project.root == root);
            }
        }
        if let Some(first) = projects.first_mut() {
            first.notices.extend(notices);
            first.notices.sort();
        }
        projects
    }

    /// Apps outside every project's folder that no project has installed are a project of their own.
    fn beside(&self, projects: &[Project], folders: &[String]) -> Option<Project> {
        if folders.iter().any(String::is_empty) {
            return None;
        }
        let claimed = |folder: &PathBuf| {
            projects
                .iter()
                .flat_map(|project| project.apps.values())
                .any(|app| app.path.as_ref() == Some(folder))
        };
        let free = by_folder::find(self.tree, "", folders, false).into_iter().any(|(entry, from)| {
            let below = roots::join(&from, &entry.name.replace('.', "/"));
            self.tree.has_file(&roots::join(&below, "migrations/__init__.py"))
                && !claimed(&self.tree.path(&below))
        });
        if !free {
            return None;
        }
        let taken: Vec<Arc<str>> =
            projects.iter().filter_map(|project| project.settings_module.clone()).collect();
        let root = Root { folder: String::new(), manage: None, named: NamedProject::default() };
        let mut own = self.project(&root, folders, &taken);
        own.apps.retain(|_, app| !app.path.as_ref().is_some_and(claimed));
        Some(own).filter(|own| !own.apps.is_empty())
    }

    /// The project of a root; the settings modules `taken` are other projects'.
    fn project(&self, root: &Root, others: &[String], taken: &[Arc<str>]) -> Project {
        let mut making = Making {
            discovery: self,
            root,
            others,
            taken,
            named: root.named.python_path.iter().chain(&self.named).cloned().collect(),
            diagnostics: Diagnostics::default(),
            notices: Vec::new(),
            managed: Managed::default(),
            first: Vec::new(),
            last: Vec::new(),
        };
        making.run_manage();
        making.project()
    }
}

/// One project being found out.
struct Making<'a> {
    discovery: &'a Discovery<'a>,
    root: &'a Root,
    others: &'a [String],
    taken: &'a [Arc<str>],
    /// Folders of installed packages' source that were named, its own first.
    named: Vec<PathBuf>,
    diagnostics: Diagnostics,
    notices: Vec<Notice>,
    managed: Managed,
    /// Folders before the project's own, and after.
    first: Vec<PathBuf>,
    last: Vec<PathBuf>,
}

/// What a round of evaluation came to.
struct Round {
    library: Arc<Library>,
    version: DjangoVersion,
    source: VersionSource,
    /// Whether Django is older than `DEFAULT_AUTO_FIELD`.
    always_auto_field: bool,
    evaluated: Evaluated,
    module: Option<String>,
    notices: Vec<Notice>,
    /// What settings put on `sys.path`.
    paths: AddedPaths,
}

impl Making<'_> {
    fn project(&mut self) -> Project {
        let mut round = self.round();
        for _ in 1..ROUNDS {
            let paths = self.add_paths(&round.paths);
            let apps = self.extend_for_apps(&round);
            if !paths && !apps {
                break;
            }
            round = self.round();
        }
        let Round { library, version, source, always_auto_field, mut evaluated, module, notices, .. } = round;
        if always_auto_field {
            settings::set_auto_field(&mut evaluated.values);
        }
        settings::add_defaults(&mut evaluated.values, version);
        self.notices.extend(notices);
        // A list that is known to be empty is one.
        if module.is_none() || (evaluated.apps.is_empty() && evaluated.more_apps.is_some()) {
            self.apps_by_folder(&mut evaluated, module.is_some());
        }
        // Folders that apps found by their places are imported from may have been added.
        let library = if library.paths() == self.paths() { library } else { self.library() };
        let facts = ProjectFacts::new(version, Arc::new(evaluated.values.clone()));
        let mut apps = self.apps(&library, &facts, &evaluated.apps);
        if always_auto_field {
            for app in &mut apps {
                app.default_auto_field = None;
            }
        }
        self.say_what_is_unknown(&evaluated, module.is_some());
        let databases = Databases::of(&facts.settings);
        self.say_of_databases(&databases, module.is_some());
        let mut notices = std::mem::take(&mut self.notices);
        notices.sort();
        notices.dedup();
        Project {
            root: self.root.folder.clone(),
            settings_module: module.map(Into::into),
            settings_file: evaluated.file,
            facts,
            version_source: source,
            unread: evaluated.unread,
            apps: apps.into_iter().map(|app| (app.label.clone(), app)).collect(),
            more_apps: evaluated.more_apps,
            databases,
            library,
            diagnostics: self.diagnostics.clone(),
            notices,
            operations: self.discovery.options.operations.clone(),
            dialect: self.root.named.dialect,
            vendor: None,
        }
    }

    /// The version that is given for this project, or for all.
    fn django(&self) -> Option<DjangoVersion> {
        self.root.named.django.or(self.discovery.options.django)
    }

    fn search_paths(&self) -> SearchPaths<'_> {
        SearchPaths {
            tree: self.discovery.tree,
            folders: &self.discovery.folders,
            diagnostics: &self.diagnostics,
            folder: &self.root.folder,
            named: &self.named,
        }
    }

    fn paths(&self) -> Vec<crate::python::library::SearchPath> {
        self.search_paths().collect(&self.first, &self.last)
    }

    fn library(&self) -> Arc<Library> {
        let folders = self.discovery.folders.clone();
        let within = Box::new(move |path: &Path| folders.contain(path));
        let reader = self.discovery.folders.reader(&self.diagnostics);
        let texts = self.discovery.folders.texts(&self.diagnostics);
        Library::bounded(self.paths(), reader, Some(texts), within, self.discovery.held.clone())
    }

    fn interpreter(library: &Arc<Library>, facts: ProjectFacts) -> Interpreter {
        let mut interpreter = runtime::interpreter(library.clone(), facts);
        readers::provide(&mut interpreter);
        interpreter
    }

    /// Evaluates `manage.py`.
    fn run_manage(&mut self) {
        let Some(manage) = &self.root.manage else { return };
        let library = self.library();
        let Ok(parsed) = library.parse_whole(&self.discovery.tree.path(manage)) else { return };
        let version = self.django().unwrap_or(DjangoVersion::V6_1);
        let settings = Evaluated::unknown("settings are not read yet").values;
        let facts = ProjectFacts::new(version, Arc::new(settings));
        let mut interpreter = Self::interpreter(&library, facts);
        let root = self.discovery.tree.path(&self.root.folder);
        self.managed = manage::run(&mut interpreter, parsed, &root, &self.discovery.folders);
        let paths = self.managed.paths.clone();
        self.add_paths(&paths);
    }

    /// Whether folders came to the search path that were not on it.
    fn add_paths(&mut self, added: &AddedPaths) -> bool {
        let known = self.paths();
        let new = |folder: &&PathBuf| !known.iter().any(|path| path.folder == **folder);
        let first: Vec<PathBuf> = added.first.iter().filter(new).cloned().collect();
        let last: Vec<PathBuf> = added.last.iter().filter(new).cloned().collect();
        let any = !first.is_empty() || !last.is_empty();
        self.first.splice(0..0, first);
        self.last.extend(last);
        any
    }

    /// Finds and evaluates the settings on the search path as it is.
    fn round(&mut self) -> Round {
        let mut notices = Vec::new();
        let library = self.library();
        let candidates = self.candidates(&library);
        let (module, library) = self.choose(candidates, library, &mut notices);
        let version = VersionSearch {
            library: &library,
            folders: &self.discovery.folders,
            diagnostics: &self.diagnostics,
            places: &search_path::places(self.discovery.tree, &self.root.folder),
        };
        let always_auto_field = version.ignores_default_auto_field(self.django());
        let (version, source) = version.find(self.django(), &mut notices);
        let (evaluated, paths) = match &module {
            Some(module) => self.evaluate(module, &library, version, &mut notices),
            None => (Evaluated::unknown("no settings module was found"), AddedPaths::default()),
        };
        Round { library, version, source, always_auto_field, evaluated, module, notices, paths }
    }

    /// Evaluates the settings, and what they put on `sys.path`.
    fn evaluate(
        &self,
        module: &str,
        library: &Arc<Library>,
        version: DjangoVersion,
        notices: &mut Vec<Notice>,
    ) -> (Evaluated, AddedPaths) {
        let reading = Evaluated::unknown("settings are being read").values;
        let mut interpreter = Self::interpreter(library, ProjectFacts::new(version, Arc::new(reading)));
        let root = self.discovery.tree.path(&self.root.folder);
        manage::start(&mut interpreter, &root);
        let configuration = self.configuration(library);
        let evaluated = settings::evaluate(&mut interpreter, module, configuration.as_deref(), notices);
        let paths = manage::added_paths(&mut interpreter, &root, &self.discovery.folders);
        (evaluated, paths)
    }

    /// Settings modules in the order of who has the say.
    fn candidates(&self, library: &Arc<Library>) -> Vec<Named> {
        if let Some(given) = &self.discovery.options.settings {
            return vec![Named::given(given)];
        }
        if let Some(given) = &self.root.named.settings {
            return vec![Named::given(given)];
        }
        let mut found = Vec::new();
        if let Some(module) = &self.managed.settings {
            found.push(Named { module: module.clone(), path: self.root.manage.clone(), line: None });
        }
        if let Some(manage) = &self.root.manage
            && let Ok(parsed) = library.parse_whole(&self.discovery.tree.path(manage))
        {
            found.extend(
                settings_module::written(&parsed, settings_module::VARIABLE)
                    .into_iter()
                    .map(|(module, at)| Named { module, path: Some(manage.clone()), line: Some(at.line()) }),
            );
        }
        let search = SettingsSearch {
            tree: self.discovery.tree,
            folders: &self.discovery.folders,
            diagnostics: &self.diagnostics,
            folder: &self.root.folder,
            others: self.others,
        };
        found.extend(search.in_test_configuration());
        found.extend(search.in_entry_points(&|path| library.parse_whole(path).ok()));
        if found.is_empty()
            && let [only] = &search.lone_files()[..]
        {
            let file = only.strip_suffix("/__init__.py").or_else(|| only.strip_suffix(".py")).unwrap_or(only);
            let (module, _) = by_folder::dotted(self.discovery.tree, file);
            found.push(Named { module, path: Some(only.clone()), line: None });
        }
        found.retain(|named| {
            settings_module::is_dotted(&named.module)
                && !self.taken.iter().any(|taken| **taken == *named.module)
        });
        found
    }

    /// The class of django-configurations that `manage.py` names.
    fn configuration(&self, library: &Arc<Library>) -> Option<String> {
        if self.managed.configuration.is_some() {
            return self.managed.configuration.clone();
        }
        let manage = self.discovery.tree.path(self.root.manage.as_ref()?);
        let parsed = library.parse_whole(&manage).ok()?;
        let written = settings_module::written(&parsed, settings_module::CONFIGURATION);
        written.into_iter().next().map(|(name, _)| name)
    }

    /// The first settings module that can be found, the search path extended if that is what it takes.
    fn choose(
        &mut self,
        candidates: Vec<Named>,
        mut library: Arc<Library>,
        notices: &mut Vec<Notice>,
    ) -> (Option<String>, Arc<Library>) {
        for named in candidates {
            if let Some(folder) = self.search_paths().that_has(&named.module, &library) {
                self.last.push(folder);
                library = self.library();
            }
            if matches!(library.find(&named.module), Found::Package(_) | Found::Module(_)) {
                return (Some(named.module), library);
            }
            let message = format!("the settings module {} could not be found", named.module);
            let mut notice = Notice::new(NoticeKind::Settings, message);
            notice.path = named.path.as_deref().map(Arc::from);
            notice.line = named.line;
            notices.push(notice.with_help("name the settings module with --settings"));
        }
        (None, library)
    }

    /// Whether the search path could be extended for apps that are not found.
    fn extend_for_apps(&mut self, round: &Round) -> bool {
        let mut extended = false;
        for entry in &round.evaluated.apps {
            let mut name: &str = &entry.name;
            loop {
                if !matches!(round.library.find(name), Found::Missing) {
                    break;
                }
                if let Some(folder) = self.search_paths().that_has(name, &round.library) {
                    if !self.last.contains(&folder) {
                        self.last.push(folder);
                        extended = true;
                    }
                    break;
                }
                match name.rsplit_once('.') {
                    Some((above, _)) => name = above,
                    None => break,
                }
            }
        }
        extended
    }

    /// Apps by their folders, where settings tell none.
    fn apps_by_folder(&mut self, evaluated: &mut Evaluated, has_settings: bool) {
        let discovery = self.discovery;
        let folder = &self.root.folder;
        let found = by_folder::find(discovery.tree, folder, self.others, self.root.manage.is_some());
        for (entry, from) in found {
            let from = discovery.tree.path(&from);
            if !self.paths().iter().any(|path| path.folder == from) {
                self.last.push(from);
            }
            evaluated.apps.push(entry);
        }
        let why = if has_settings { "INSTALLED_APPS could not be read" } else { "no settings were found" };
        let count = evaluated.apps.len();
        let message = format!("{why}; {count} apps were found by their folders, and none in tests or docs");
        let help = "name the settings module with --settings";
        self.notices.push(Notice::new(NoticeKind::AppsByFolder, message).with_help(help));
    }

    fn apps(&mut self, library: &Arc<Library>, facts: &ProjectFacts, entries: &[Entry]) -> Vec<App> {
        let mut interpreter = Self::interpreter(library, facts.clone());
        let mut reader = AppReader {
            interpreter: &mut interpreter,
            version: facts.version,
            settings: &facts.settings,
            notices: &mut self.notices,
            not_at_hand: Vec::new(),
            configs: Vec::new(),
        };
        reader.read(entries)
    }

    fn say_what_is_unknown(&mut self, evaluated: &Evaluated, has_settings: bool) {
        if !has_settings {
            return;
        }
        if let Some(why) = &evaluated.more_apps {
            let message = "INSTALLED_APPS is known in part only";
            self.notices.push(Notice::new(NoticeKind::Setting, message).because(why));
        }
        for name in ["MIGRATION_MODULES", "AUTH_USER_MODEL", "DEFAULT_AUTO_FIELD"] {
            let set = evaluated.values.values.get(name);
            if let Some(why) = set.and_then(|value| value.find_unknown()) {
                let message = format!("the setting {name} is not known");
                self.notices.push(Notice::new(NoticeKind::Setting, message).because(why));
            }
        }
    }

    fn say_of_databases(&mut self, databases: &Databases, has_settings: bool) {
        if !has_settings || databases.engine.is_some() {
            return;
        }
        let help = "name it with --dialect";
        if let Some(backend) = &databases.backend {
            let message = format!("the database backend {backend} is not known");
            self.notices.push(Notice::new(NoticeKind::Database, message).with_help(help));
        } else if let Some(why) = &databases.unknown {
            let message = "the database is not known";
            self.notices.push(Notice::new(NoticeKind::Database, message).because(why).with_help(help));
        }
    }
}
