//! The top floor: arguments, configuration, one file a command.
//!
//! Standard output carries the answer and nothing else; whatever else there is to say goes to
//! standard error. A reader that closes the pipe early ends the program quietly.

pub mod arguments;
mod baseline;
pub mod check;
mod ci;
mod clock;
mod comment;
pub mod config;
mod deploy;
mod destination;
pub mod environment;
mod explain;
mod fault;
mod fix;
mod graph;
mod init;
mod inputs;
mod manual;
mod missing;
mod named_file;
mod output;
mod pending;
mod plan;
mod progress;
mod project;
mod repository;
mod revision;
mod rules;
pub mod schema;
mod sql;
mod state;
mod step_summary;

use std::process::ExitCode;

use arguments::{Arguments, Command};
use clap::{CommandFactory as _, FromArgMatches as _};

pub use check::exit_code;
pub use inputs::inputs;
pub use output::Output;

/// The answer is clean, or there was none to give.
const CLEAN: u8 = 0;
/// It could not run.
const FAILED: u8 = 2;

/// Runs the command that the arguments name, and tells how the process should end: 0 clean, 1 where
/// something was found, is missing or is left to fix, 2 where it could not run or a fault was caught.
pub fn main() -> ExitCode {
    let arguments = match parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let failed = error.use_stderr();
            // A closed pipe is no reason to complain.
            let _ = error.print();
            return ExitCode::from(if failed { FAILED } else { CLEAN });
        }
    };
    // Trees that the parser makes may be deep, and so is what walks and drops them.
    let done = fault::guard(|| crate::reading::on_big_stack(|| run(&arguments)));
    progress::end();
    match done {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            let mut message = format!("migcheck: {error}");
            for cause in error.chain().skip(1) {
                message.push_str(&format!(": {cause}"));
            }
            // Names of the tree may be in it: a line of their own could be a command of a CI.
            output::say(&crate::report::one_line(&message));
            ExitCode::from(FAILED)
        }
    }
}

fn parse() -> Result<Arguments, clap::Error> {
    let mut command = Arguments::command();
    let matches = command.try_get_matches_from_mut(std::env::args_os())?;
    let mut arguments = Arguments::from_arg_matches(&matches)?;
    if let (Command::Check(check), Some(("check", matches))) = (&mut arguments.command, matches.subcommand())
    {
        check.outputs = destination::pair(check, matches)
            .map_err(|message| command.error(clap::error::ErrorKind::ArgumentConflict, message))?;
    }
    Ok(arguments)
}

fn run(arguments: &Arguments) -> anyhow::Result<u8> {
    match &arguments.command {
        Command::Check(args) => check::run(args, &inputs),
        Command::Baseline(args) => baseline::run(args, &inputs),
        Command::Graph(args) => graph::run(args),
        Command::State(args) => state::run(args),
        Command::Missing(args) => missing::run(args),
        Command::Fix(args) => fix::run(args),
        Command::Init(args) => init::run(args),
        Command::Completions(args) => manual::completions(args),
        Command::Man(args) => manual::page(args),
        Command::Sql(args) => sql::run(args),
        Command::Comment(args) => comment::run(args),
        Command::Pending(args) => pending::run(args),
        Command::Plan(args) => plan::run(args),
        Command::Rules(args) => rules::run(args),
        Command::Explain(args) => explain::run(args),
    }
}
