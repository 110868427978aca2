//! Installed apps: entries of `INSTALLED_APPS` to app configs, as `django/apps/config.py`,
//! `AppConfig.create`, makes them (3.2 to 6.1).

use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use super::config_methods::{imports_no_models, settings_when_ready};
use super::migrations_package::MigrationsPackage;
use super::notice::{Notice, NoticeKind};
use super::settings::Entry;
use crate::django::contrib::bundled_app;
use crate::django::keys::AppLabel;
use crate::django::runtime::SettingsValues;
use crate::django::version::DjangoVersion;
use crate::python::interpreter::{Interpreter, Raise};
use crate::python::library::Found;
use crate::python::object::{Class, Module, Object};
use crate::python::syntax::Name;
use crate::python::value::Unknown;
use crate::source::Location;

/// Where an app's source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AppOrigin {
    /// In the analysed repository.
    Project,
    /// Among the installed packages.
    Installed,
    /// Not at hand.
    Missing,
}

/// An installed app.
#[derive(Debug, Clone)]
pub struct App {
    /// `AppConfig.label`.
    pub label: AppLabel,
    /// `AppConfig.name`: the app's dotted module.
    pub name: Arc<str>,
    /// Its folder.
    pub path: Option<PathBuf>,
    /// The config class's dotted path, where it is not `AppConfig` itself.
    pub config: Option<Arc<str>>,
    /// `AppConfig.default_auto_field`, where the config has one.
    pub default_auto_field: Option<Arc<str>>,
    /// Whether its config imports its models.
    pub imports_models: bool,
    /// The file of its `models` module.
    pub models_module: Option<PathBuf>,
    /// Its migrations package.
    pub migrations: MigrationsPackage,
    /// Where its source is.
    pub origin: AppOrigin,
    /// The entry of `INSTALLED_APPS`.
    pub entry: Arc<str>,
    /// Where the entry is written.
    pub at: Option<Location>,
    /// Why label, name or primary key's class may be others than these.
    pub unknown: Option<Arc<Unknown>>,
}

/// What an entry comes to before its app is looked at.
#[derive(Default)]
struct Config {
    name: Arc<str>,
    label: Option<Arc<str>>,
    class: Option<Arc<str>>,
    default_auto_field: Option<Arc<str>>,
    path: Option<Arc<str>>,
    without_models: bool,
    unknown: Option<Arc<Unknown>>,
}

/// Makes apps of entries.
pub(crate) struct AppReader<'a> {
    /// Evaluates the apps' modules.
    pub interpreter: &'a mut Interpreter,
    /// Django's version.
    pub version: DjangoVersion,
    /// The settings: `MIGRATION_MODULES` among them.
    pub settings: &'a SettingsValues,
    /// Takes what is to be said of the apps.
    pub notices: &'a mut Vec<Notice>,
    /// Entries whose source is not at hand.
    pub not_at_hand: Vec<Arc<str>>,
    /// The config classes of the apps.
    pub configs: Vec<Rc<Class>>,
}

impl AppReader<'_> {
    /// The apps, in order; those of a label that is taken are left out, and it is said.
    pub fn read(&mut self, entries: &[Entry]) -> Vec<App> {
        let mut apps: Vec<App> = Vec::new();
        for entry in entries {
            let Some(app) = self.app(entry) else { continue };
            match apps.iter().find(|known| known.label == app.label) {
                None => apps.push(app),
                Some(known) => {
                    let message = format!(
                        "two apps have the label {}: {} and {}; the second is left out",
                        app.label, known.name, app.name
                    );
                    let help = "give one of them another label in its AppConfig";
                    let notice = Notice::new(NoticeKind::DuplicateLabel, message).at(entry.at.as_ref());
                    self.notices.push(notice.with_help(help));
                }
            }
        }
        self.say_what_is_not_at_hand();
        if let Some(settings) = settings_when_ready(self.interpreter, &self.configs, self.settings) {
            let library = self.interpreter.library.clone();
            for app in &mut apps {
                let at_hand = app.origin != AppOrigin::Missing;
                app.migrations =
                    MigrationsPackage::of(app.label.as_str(), &app.name, at_hand, &settings, &library);
            }
        }
        apps
    }

    fn app(&mut self, entry: &Entry) -> Option<App> {
        let config = self.create(entry, &entry.name, 0)?;
        let library = self.interpreter.library.clone();
        let found = library.find(&config.name);
        let file = match &found {
            Found::Package(path) | Found::Module(path) => Some(path.clone()),
            Found::Namespace(folders) => folders.first().map(|folder| folder.join("__init__.py")),
            Found::Missing => None,
        };
        let origin = match &file {
            Some(path) if library.is_project(path) => AppOrigin::Project,
            Some(_) => AppOrigin::Installed,
            None => AppOrigin::Missing,
        };
        if file.is_none() && bundled_app(&config.name, self.version).is_none() {
            self.not_found(entry, &config);
        }
        let last = config.name.rsplit('.').next().unwrap_or(&config.name);
        let label = config.label.clone().unwrap_or_else(|| last.into());
        let path = match &config.path {
            Some(path) => Some(PathBuf::from(&**path)),
            None => file.as_deref().and_then(Path::parent).map(Path::to_owned),
        };
        // The class may say any path, and a symbolic link lead anywhere.
        let path = path.filter(|path| !path.exists() || library.may_read(path));
        let models_module = match library.find(&format!("{}.models", config.name)) {
            Found::Package(path) | Found::Module(path) => Some(path),
            Found::Namespace(_) | Found::Missing => None,
        };
        let migrations = MigrationsPackage::of(&label, &config.name, file.is_some(), self.settings, &library);
        Some(App {
            label: AppLabel::new(label),
            name: config.name,
            path,
            config: config.class,
            default_auto_field: config.default_auto_field,
            models_module: models_module.filter(|_| !config.without_models),
            imports_models: !config.without_models,
            migrations,
            origin,
            entry: entry.name.clone(),
            at: entry.at.clone(),
            unknown: config.unknown,
        })
    }

    /// Django would refuse an entry that is not there; one whose source is not at hand is said of in
    /// one sentence with all the others.
    fn not_found(&mut self, entry: &Entry, config: &Config) {
        let library = self.interpreter.library.clone();
        let top = config.name.split('.').next().unwrap_or(&config.name);
        let certain = match library.find(top) {
            Found::Missing => library.has_installed(),
            Found::Namespace(_) => false,
            Found::Package(_) | Found::Module(_) => true,
        };
        if !certain {
            // Django's own are known without their source.
            if top != "django" {
                self.not_at_hand.push(entry.name.clone());
            }
            return;
        }
        let message = format!("INSTALLED_APPS has {}, which could not be found", entry.name);
        let help = "correct the entry, or give the folder it lies in with --python-path";
        self.notices.push(Notice::new(NoticeKind::App, message).at(entry.at.as_ref()).with_help(help));
    }

    fn say_what_is_not_at_hand(&mut self) {
        if self.not_at_hand.is_empty() {
            return;
        }
        let names = self.not_at_hand.iter().map(|name| &**name).collect::<Vec<_>>().join(", ");
        let message =
            format!("the source of installed apps is not at hand, so they are not looked into: {names}");
        let help = "give the folder of the installed packages with --python-path";
        self.notices.push(Notice::new(NoticeKind::App, message).with_help(help));
        self.not_at_hand.clear();
    }

    /// `AppConfig.create(entry)`
    fn create(&mut self, entry: &Entry, name: &Arc<str>, followed: u32) -> Option<Config> {
        let found = self.interpreter.library.find(name);
        let mut unknown = None;
        if !matches!(found, Found::Missing) {
            match self.only_config(entry, name) {
                Ok(Some(class)) => return self.config_of(entry, &class),
                Ok(None) => {}
                Err(why) => unknown = Some(why),
            }
            // Before 4.1 the package may name its config itself.
            if self.version < DjangoVersion::V4_1
                && followed == 0
                && let Some(default) = self.default_app_config(name)
                && default != *name
            {
                return self.create(entry, &default, followed + 1);
            }
            return Some(Config { name: name.clone(), unknown, ..Config::default() });
        }
        let class = name.rsplit_once('.').and_then(|(module, class)| self.class_in(module, class));
        match class {
            Some(Object::Class(class)) => self.config_of(entry, &class),
            other => Some(self.missing(name, other)),
        }
    }

    /// An entry of which neither module nor class is at hand: an app of Django's own is known all
    /// the same; of another, its last part is its label, unless it
    /// looks like a class.
    fn missing(&mut self, name: &Arc<str>, found: Option<Object>) -> Config {
        if let Some(app) = bundled_app(name, self.version) {
            return Config {
                name: app.name.into(),
                label: Some(app.label.0),
                default_auto_field: app.default_auto_field.map(Into::into),
                ..Config::default()
            };
        }
        let last = name.rsplit('.').next().unwrap_or(name);
        if !last.starts_with(char::is_uppercase) {
            return Config { name: name.clone(), ..Config::default() };
        }
        let why = match found {
            Some(Object::Unknown(why)) => why,
            _ => {
                Arc::new(Unknown { reason: format!("the source of {name} is not at hand").into(), at: None })
            }
        };
        let module = name.strip_suffix(last).unwrap_or(name).trim_end_matches('.');
        let package = module.strip_suffix(".apps").unwrap_or(module);
        Config { name: package.into(), unknown: Some(why), ..Config::default() }
    }

    /// `import_string(entry)`, where it is a class.
    fn class_in(&mut self, module: &str, class: &str) -> Option<Object> {
        if matches!(self.interpreter.library.find(module), Found::Missing) {
            return None;
        }
        let loaded = self.interpreter.load_module(module).ok()?;
        self.interpreter.find_attribute(&loaded, class).ok().flatten()
    }

    /// The config class that the `apps` module of a package has by itself.
    fn only_config(&mut self, entry: &Entry, name: &str) -> Result<Option<Rc<Class>>, Arc<Unknown>> {
        let module_name = format!("{name}.apps");
        match self.interpreter.library.find(&module_name) {
            Found::Package(_) | Found::Module(_) => {}
            Found::Namespace(_) | Found::Missing => return Ok(None),
        }
        let module = match self.interpreter.load_module(&module_name) {
            Ok(Object::Module(module)) => module,
            Ok(_) => return Ok(None),
            Err(raise) => {
                let reason = self.interpreter.describe_raise(&raise);
                return Err(Arc::new(Unknown { reason, at: None }));
            }
        };
        let mut candidates = self.config_classes(&module);
        let mut kept = Vec::new();
        for class in &candidates {
            if self.default_of(class)?.unwrap_or(true) {
                kept.push(class.clone());
            }
        }
        if let [only] = &kept[..] {
            return Ok(Some(only.clone()));
        }
        candidates.clear();
        for class in kept {
            if self.default_of(&class)?.unwrap_or(false) {
                candidates.push(class);
            }
        }
        if candidates.len() > 1 {
            let names: Vec<&str> = candidates.iter().map(|class| class.name.as_str()).collect();
            let message =
                format!("{module_name} declares more than one default config: {}", names.join(", "));
            let notice = Notice::new(NoticeKind::App, message).at(entry.at.as_ref());
            self.notices.push(notice.with_help("leave `default = True` with one of them"));
            return Ok(None);
        }
        Ok(candidates.pop())
    }

    /// Subclasses of `AppConfig` among a module's names, sorted by name (`inspect.getmembers`).
    fn config_classes(&mut self, module: &Rc<Module>) -> Vec<Rc<Class>> {
        let mut names: Vec<Name> = module.globals.borrow().keys().cloned().collect();
        names.sort();
        let mut classes: Vec<Rc<Class>> = Vec::new();
        for name in names {
            if let Ok(Some(Object::Class(class))) = self.interpreter.module_global(module, &name)
                && (is_config(&class) || is_likely_config(&class, module))
            {
                classes.push(class);
            }
        }
        classes
    }

    /// `default` of a config class, where it has one.
    fn default_of(&mut self, class: &Rc<Class>) -> Result<Option<bool>, Arc<Unknown>> {
        let Some((value, _)) = class.lookup("default") else { return Ok(None) };
        match self.interpreter.truth(&value) {
            Ok(Ok(truth)) => Ok(Some(truth)),
            Ok(Err(why)) => Err(why),
            Err(raise) => Err(Arc::new(Unknown {
                reason: self.interpreter.describe_raise(&raise),
                at: class.at.clone(),
            })),
        }
    }

    fn default_app_config(&mut self, name: &str) -> Option<Arc<str>> {
        let Ok(Object::Module(module)) = self.interpreter.load_module(name) else { return None };
        self.interpreter.module_global(&module, "default_app_config").ok()??.as_str()
    }

    /// What a config class says.
    fn config_of(&mut self, entry: &Entry, class: &Rc<Class>) -> Option<Config> {
        let mut config = Config { class: Some(class.path().into()), ..Config::default() };
        let Some(name) = self.attribute(class, "name", &mut config.unknown) else {
            let message = format!("the name of the app config {} is not known", class.path());
            let mut notice = Notice::new(NoticeKind::App, message);
            if let Some(why) = &config.unknown {
                notice = notice.because(why);
            }
            notice = notice.at(class.at.as_ref().or(entry.at.as_ref()));
            self.notices.push(notice.with_help("write its name as a plain string"));
            return None;
        };
        config.name = name;
        config.label = self.attribute(class, "label", &mut config.unknown);
        config.default_auto_field = self.attribute(class, "default_auto_field", &mut config.unknown);
        config.path = self.attribute(class, "path", &mut None);
        config.without_models = imports_no_models(self.interpreter, class);
        self.configs.push(class.clone());
        Some(config)
    }

    /// A text that a config class has; a property is asked for its value.
    fn attribute(
        &mut self,
        class: &Rc<Class>,
        name: &str,
        unknown: &mut Option<Arc<Unknown>>,
    ) -> Option<Arc<str>> {
        let found = class.lookup(name).map(|(value, owner)| (value, owner.native));
        let value = match found {
            // AppConfig's own are made by its constructor.
            Some((_, true)) => return None,
            Some((Object::Descriptor(_), _)) => {
                let object = self.interpreter.instance_of(class);
                self.interpreter.get_attribute(&object, &Name::new(name))
            }
            Some((Object::Lazy(_), _)) => {
                self.interpreter.get_attribute(&Object::Class(class.clone()), &Name::new(name))
            }
            Some((value, _)) => Ok(value),
            None => match class.open.borrow().clone() {
                Some(why) if !is_config(class) => Ok(Object::Unknown(why)),
                _ => return None,
            },
        };
        match value {
            Ok(value) if !value.is_unknown() => value.as_str(),
            Ok(Object::Unknown(why)) | Err(Raise::Limit(why)) => {
                unknown.get_or_insert(why);
                None
            }
            Ok(_) | Err(Raise::Exception(_)) => None,
        }
    }
}

/// Whether a class of an `apps` module with a base that is not at hand can be nothing but a config: it
/// has the name of the module's package as its own.
fn is_likely_config(class: &Class, module: &Module) -> bool {
    let package = module.name.strip_suffix(".apps").unwrap_or(&module.name);
    let own = class.attrs.borrow().get("name").and_then(Object::as_str);
    class.open.borrow().is_some() && *class.module == *module.name && own.as_deref() == Some(package)
}

/// Whether a class is a subclass of `AppConfig`, and not that itself.
fn is_config(class: &Class) -> bool {
    const BASES: [&str; 2] = ["django.apps.AppConfig", "django.apps.config.AppConfig"];
    BASES.iter().any(|base| class.derives_from(base)) && !BASES.iter().any(|base| class.has_path(base))
}
