//! Many migration files, read by several evaluators.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::{MaybeParsed, MigrationFile, Read, faulty, read_guarded};
use crate::django::runtime::{self, ProjectFacts};
use crate::python::interpreter::{Interpreter, STACK_BYTES};
use crate::python::library::Library;
use crate::python::syntax::Parsed;

/// What came of a file.
#[derive(Debug)]
pub enum Outcome {
    /// It was read.
    Read(Box<Read>),
    /// It is to be read where the apps are loaded; with its parsed text, if that was kept.
    Later(Option<MaybeParsed>),
}

/// Files that several threads take from, one after the other.
pub struct Queue {
    files: Vec<MigrationFile>,
    next: AtomicUsize,
    /// Bytes of files whose trees are kept for later.
    kept: AtomicUsize,
}

/// What one thread read of a [`Queue`], by the files' places in it.
pub type Taken = Vec<(usize, Outcome)>;

/// How files are read by evaluators in which no app is loaded.
pub struct Reading<'a> {
    /// Files.
    pub library: &'a Arc<Library>,
    /// Facts of the project.
    pub facts: &'a ProjectFacts,
    /// Run on each evaluator first.
    pub prepare: &'a (dyn Fn(&mut Interpreter) + Sync),
    /// Which files are left for later.
    pub later: &'a (dyn Fn(&MigrationFile, &Parsed) -> bool + Sync),
    /// Which modules, by dotted name, may say something else once the apps are loaded.
    pub of_apps: &'a (dyn Fn(&str) -> bool + Sync),
    /// Most threads.
    pub threads: usize,
}

/// Most bytes of files for later whose trees are kept, of one and of all; trees take ten to thirty times as much.
/// What is over is parsed once more, rather than held.
const KEPT: (usize, usize) = (1 << 18, 4 << 20);

/// Fewest files for a thread: another evaluator has to evaluate anew what migrations import.
const FILES_PER_THREAD: usize = 64;

impl Queue {
    /// Nothing of these files is read yet.
    pub fn new(files: Vec<MigrationFile>) -> Self {
        Self { files, next: AtomicUsize::new(0), kept: AtomicUsize::new(0) }
    }

    /// All files, in their order.
    pub fn files(&self) -> &[MigrationFile] {
        &self.files
    }

    /// Whether enough files are left for another thread: its evaluator has to evaluate anew what migrations
    /// import.
    pub fn is_long(&self) -> bool {
        self.files.len().saturating_sub(self.next.load(Ordering::Relaxed)) > FILES_PER_THREAD
    }

    /// Reads what is left on several threads; returns what they read.
    pub fn read_all(&self, reading: &Reading) -> Taken {
        let work = || self.read(reading);
        let count = reading.threads.min(self.files.len().div_ceil(FILES_PER_THREAD)).max(1);
        std::thread::scope(|scope| {
            let spawn = || std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, work);
            let workers: Vec<_> = (0..count).filter_map(|_| spawn().ok()).collect();
            if workers.is_empty() {
                return work();
            }
            workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default()).collect()
        })
    }

    /// Reads files by one evaluator until none is left, so that what many migrations import is evaluated
    /// once for each thread.
    pub fn read(&self, reading: &Reading) -> Taken {
        let mut worker = Worker::new(self, reading);
        let mut taken = Vec::new();
        while let Some(one) = worker.next() {
            taken.push(one);
        }
        taken
    }
}

/// One evaluator that reads files of a queue.
struct Worker<'a> {
    queue: &'a Queue,
    reading: &'a Reading<'a>,
    interpreter: Interpreter,
    /// How many modules are evaluated.
    known: usize,
    /// How many of them [`Reading::of_apps`] speaks of before the first file.
    prepared: usize,
}

impl<'a> Worker<'a> {
    fn new(queue: &'a Queue, reading: &'a Reading<'a>) -> Self {
        let mut worker = Self { queue, reading, interpreter: fresh(reading), known: 0, prepared: 0 };
        (worker.known, worker.prepared) = (worker.interpreter.module_count(), worker.met());
        worker
    }

    fn met(&self) -> usize {
        self.interpreter.module_names().filter(|name| (self.reading.of_apps)(name)).count()
    }

    fn next(&mut self) -> Option<(usize, Outcome)> {
        let index = self.queue.next.fetch_add(1, Ordering::Relaxed);
        let file = self.queue.files.get(index)?;
        let parse = AssertUnwindSafe(|| {
            let parsed = self.reading.library.parse_whole(&file.path);
            let later = parsed.as_ref().is_ok_and(|parsed| (self.reading.later)(file, parsed));
            (parsed, later)
        });
        let mut read = match catch_unwind(parse) {
            Ok((parsed, true)) => return Some((index, Outcome::Later(self.keep(parsed)))),
            Ok((parsed, false)) => {
                let reading = self.reading;
                read_guarded(&mut self.interpreter, file, parsed, &|| fresh(reading))
            }
            Err(_) => Read { migration: faulty(file), lacking: BTreeSet::new(), met_apps: false },
        };
        if self.known != self.interpreter.module_count() {
            read.met_apps = self.met() != self.prepared;
            if read.met_apps {
                self.interpreter = fresh(self.reading);
            }
            self.known = self.interpreter.module_count();
        }
        Some((index, Outcome::Read(Box::new(read))))
    }

    fn keep(&self, parsed: MaybeParsed) -> Option<MaybeParsed> {
        let size = parsed.as_ref().map_or(0, |parsed| parsed.file.text().len());
        let keep = size < KEPT.0 && self.queue.kept.fetch_add(size, Ordering::Relaxed) < KEPT.1;
        keep.then_some(parsed)
    }
}

fn fresh(reading: &Reading) -> Interpreter {
    let mut interpreter = runtime::interpreter(reading.library.clone(), reading.facts.clone());
    (reading.prepare)(&mut interpreter);
    interpreter
}
