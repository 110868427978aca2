//! The `migcheck` command.

use std::process::ExitCode;

fn main() -> ExitCode {
    migcheck::cli::main()
}
