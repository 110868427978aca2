//! migcheck reads Django projects without running them and tells what `migrate` would do.
//!
//! Data goes one way through the modules: files ([`source`]) → syntax and values ([`python`]) → the
//! project ([`project`]) → migrations, graph and state ([`django`]) → findings ([`rules`]) → text
//! ([`report`]). Which module may name which is another order, that of the floors: nothing lower knows
//! anything above it. `ARCHITECTURE.md` has the map and the invariants.

pub mod analysis;
pub mod cli;
pub mod database;
pub mod django;
pub mod drift;
pub mod fixing;
pub mod forge;
pub mod git;
pub mod history;
pub mod impact;
pub mod live;
pub mod planning;
pub mod project;
pub mod python;
pub mod reading;
pub mod report;
pub mod rules;
pub mod source;
