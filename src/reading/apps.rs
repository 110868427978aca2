//! The apps as Django has loaded them before it looks at a migration, in an evaluator on a thread of its
//! own that is asked for what follows from that: the models' states, and the migrations whose modules
//! import something of an app.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, OnceLock};
use std::thread::{Builder, Scope};

use super::{project_apps, swappables};
use crate::django::contrib;
use crate::django::models::{self, ModelsRead, ProjectApps};
use crate::django::runtime::{self, Columns};
use crate::project::{Project, readers};
use crate::python::interpreter::{Interpreter, STACK_BYTES};
use crate::python::library::Found;

/// What models.py say, and which options `AlterModelOptions` looks at.
pub struct Models {
    /// The models.
    pub read: ModelsRead,
    /// `AlterModelOptions.ALTER_OPTION_KEYS`, where the project changes it.
    pub option_keys: Option<Vec<Arc<str>>>,
}

impl Models {
    /// Nothing, for want of a thread to read them.
    pub(super) fn none() -> Self {
        Self { read: ModelsRead::default(), option_keys: None }
    }
}

/// An evaluator in which all apps are loaded (`django.setup()`).
pub(super) struct Evaluator<'a> {
    /// The evaluator that has loaded the apps.
    pub interpreter: Interpreter,
    /// The project whose apps they are.
    pub project: &'a Project,
    apps: ProjectApps,
    loaded: bool,
    begun: ModelsRead,
    as_makemigrations: bool,
}

impl<'a> Evaluator<'a> {
    fn new(project: &'a Project) -> Self {
        let mut interpreter = runtime::interpreter(project.library.clone(), project.facts.clone());
        readers::provide(&mut interpreter);
        let apps = project_apps(project);
        Self {
            interpreter,
            project,
            apps,
            loaded: false,
            begun: ModelsRead::default(),
            as_makemigrations: false,
        }
    }

    /// Loads all apps, unless they are.
    fn load(&mut self) {
        if !self.loaded {
            self.begun = models::load(&mut self.interpreter, &self.apps);
            self.loaded = true;
        }
    }

    /// Lets the project's own `makemigrations` change what it changes in Django, unless it has.
    pub fn as_makemigrations(&mut self) {
        if !std::mem::replace(&mut self.as_makemigrations, true) {
            let unresolved = models::apply_makemigrations(&mut self.interpreter, &self.apps);
            self.begun.unresolved.extend(unresolved);
        }
    }

    /// The models' states; whatever is asked for afterwards is as the project's own `makemigrations` has it.
    pub fn models(&mut self) -> Models {
        self.as_makemigrations();
        // Whoever compares models and migrations asks after no columns.
        let mut facts = runtime::facts(&mut self.interpreter);
        facts.columns = Columns::No;
        runtime::set_facts(&mut self.interpreter, &facts);
        let begun = std::mem::take(&mut self.begun);
        let mut read = models::take(&mut self.interpreter, &self.apps, begun);
        add_bundled_models(self.project, &mut read);
        let option_keys = models::alter_option_keys(&mut self.interpreter);
        Models { read, option_keys }
    }
}

type Question<'a> = Box<dyn FnOnce(&mut Evaluator<'a>) + Send + 'a>;

/// The thread with that evaluator, once there is something to ask.
pub(super) struct LoadedApps<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    project: &'env Project,
    line: OnceLock<Option<Sender<Question<'env>>>>,
}

/// Work that needs a project's apps loaded, or may.
pub(super) fn with_apps<'env, R>(
    project: &'env Project,
    work: impl for<'scope> FnOnce(&LoadedApps<'scope, 'env>) -> R,
) -> R {
    std::thread::scope(|scope| work(&LoadedApps { scope, project, line: OnceLock::new() }))
}

impl<'env> LoadedApps<'_, 'env> {
    /// Begins to load the apps; nothing where that has begun.
    pub fn start(&self) {
        self.line.get_or_init(|| {
            let (line, questions) = channel::<Question<'env>>();
            let project = self.project;
            // Without a second thread the files are parsed when they are asked for.
            let ahead = Builder::new().stack_size(STACK_BYTES);
            let _ = ahead.spawn_scoped(self.scope, || {
                models::read_ahead(&project.library, &project_apps(project));
            });
            let thread = Builder::new().stack_size(STACK_BYTES).spawn_scoped(self.scope, move || {
                let mut evaluator = Evaluator::new(project);
                for question in questions {
                    question(&mut evaluator);
                }
            });
            // Nobody waits for this answer; a fault comes up again in the next one.
            let begin = asked(|_: &mut Evaluator<'env>| (), channel().0);
            thread.ok().and_then(|_| line.send(begin).ok()).map(|()| line)
        });
    }

    /// Whether loading the apps has begun.
    pub fn is_begun(&self) -> bool {
        self.line.get().is_some_and(Option::is_some)
    }

    /// Asks the evaluator, all apps being loaded. Questions are answered in their order.
    pub fn ask<R: Send + 'env>(
        &self,
        question: impl FnOnce(&mut Evaluator<'env>) -> R + Send + 'env,
    ) -> Answer<R> {
        self.start();
        let (sender, answer) = channel();
        let asked = asked(question, sender);
        let refused = match self.line.get().and_then(Option::as_ref) {
            Some(line) => line.send(asked).err().map(|refused| refused.0),
            None => Some(asked),
        };
        if let Some(asked) = refused {
            // There is no second thread to be had.
            asked(&mut Evaluator::new(self.project));
        }
        Answer(answer)
    }
}

fn asked<'env, R: Send + 'env>(
    question: impl FnOnce(&mut Evaluator<'env>) -> R + Send + 'env,
    answer: Sender<Result<R, Box<dyn Any + Send>>>,
) -> Question<'env> {
    Box::new(move |evaluator| {
        let result = catch_unwind(AssertUnwindSafe(|| {
            evaluator.load();
            question(evaluator)
        }));
        // Whoever asked may not wait.
        let _ = answer.send(result);
    })
}

/// What will be answered.
pub(super) struct Answer<R>(Receiver<Result<R, Box<dyn Any + Send>>>);

impl<R> Answer<R> {
    /// Waits for the answer; `None` where the thread is gone.
    ///
    /// # Panics
    /// Where answering did.
    pub fn wait(self) -> Option<R> {
        match self.0.recv() {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(panic)) => resume_unwind(panic),
            Err(_) => None,
        }
    }
}

/// Models of Django's own apps whose source is not at hand, as the bundled table has them.
fn add_bundled_models(project: &Project, read: &mut ModelsRead) {
    let swappables = swappables(&project.facts);
    for app in project.apps.values() {
        if project.library.find(&app.name) != Found::Missing
            || contrib::bundled_app(&app.name, project.facts.version).is_none()
        {
            continue;
        }
        read.incomplete.remove(&app.label);
        let found = contrib::bundled_models(&app.name, project.facts.version, &swappables);
        for mut model in found.unwrap_or_default() {
            // The app's own config in the repository may give it another label.
            model.app = app.label.clone();
            if !read.state.models.contains_key(&model.key()) {
                read.state.models.insert(model.key(), Arc::new(model));
            }
        }
    }
}
