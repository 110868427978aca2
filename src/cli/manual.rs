//! `migcheck completions SHELL`, and the man pages that packages install: `migcheck man [COMMAND]`.

use clap::CommandFactory as _;

use super::arguments::{Arguments, ColorChoice, CompletionsArguments, ManArguments};
use super::{CLEAN, Output};

/// Prints a shell's completions.
///
/// # Errors
/// Standard output cannot be written.
pub(super) fn completions(args: &CompletionsArguments) -> anyhow::Result<u8> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "migcheck", &mut text);
    Output::new(ColorChoice::Never).answer(&String::from_utf8_lossy(&text))?;
    Ok(CLEAN)
}

/// Prints the man page of the program or of one of its commands.
///
/// # Errors
/// There is no such command, or standard output cannot be written.
pub(super) fn page(args: &ManArguments) -> anyhow::Result<u8> {
    let mut all = Arguments::command();
    // Names of commands then begin with the program's.
    all.build();
    let page = match &args.command {
        None => all,
        Some(name) => {
            let command = all.find_subcommand(name).cloned();
            command.ok_or_else(|| anyhow::anyhow!("there is no command `{name}`"))?
        }
    };
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    Output::new(ColorChoice::Never).answer(&String::from_utf8_lossy(&text))?;
    Ok(CLEAN)
}
