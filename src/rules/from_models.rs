//! What the models say, which may still be worked out while the rules look at migrations.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::JoinHandle;

use super::Drift;
use crate::django::keys::ModelKey;
use crate::django::models::Behaviour;
use crate::report::Undecided;

/// What rules ask of the models.
#[derive(Debug, Clone, Default)]
pub struct FromModels {
    /// How models and migrations differ; `None` where the models were not read.
    pub drift: Option<Drift>,
    /// What the repository's code does when rows of a model are saved or deleted.
    pub behaviour: BTreeMap<ModelKey, Behaviour>,
    /// What could not be read on the way.
    pub undecided: Vec<Undecided>,
    /// Why no answer is to be given at all.
    pub refused: Option<String>,
}

/// The same, to be waited for.
#[derive(Debug, Clone)]
pub struct Awaited(Arc<Waiting>);

#[derive(Debug)]
struct Waiting {
    known: OnceLock<FromModels>,
    thread: Mutex<Option<JoinHandle<FromModels>>>,
}

impl From<FromModels> for Awaited {
    fn from(known: FromModels) -> Self {
        Self(Arc::new(Waiting { known: known.into(), thread: Mutex::default() }))
    }
}

impl From<JoinHandle<FromModels>> for Awaited {
    fn from(thread: JoinHandle<FromModels>) -> Self {
        Self(Arc::new(Waiting { known: OnceLock::new(), thread: Mutex::new(Some(thread)) }))
    }
}

impl Awaited {
    /// Waits for the answer.
    ///
    /// # Panics
    /// Where the thread did that works it out.
    pub fn get(&self) -> &FromModels {
        self.0.known.get_or_init(|| {
            let thread = self.0.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
            match thread.map(JoinHandle::join) {
                Some(Ok(known)) => known,
                Some(Err(panic)) => resume_unwind(panic),
                None => FromModels::default(),
            }
        })
    }
}
