//! The `git` program, with nothing of the repository's or the user's configuration that could run a
//! command.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::GitError;

/// What overrides the repository's own configuration.
const OVERRIDES: &[&str] = &[
    // Nothing is run and nothing written, so whose repository it is does not matter; containers of CI
    // check out as another user.
    "safe.directory=*",
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.pager=cat",
    "core.sshCommand=false",
    "core.alternateRefsCommand=false",
    "core.askPass=false",
    "credential.helper=",
    "diff.external=",
    "protocol.allow=never",
    "protocol.ext.allow=never",
    "protocol.file.allow=never",
    "log.showSignature=false",
    "gpg.program=false",
    "trace2.eventTarget=0",
    "trace2.normalTarget=0",
    "trace2.perfTarget=0",
];

/// Where the objects that a hook of a server looks at may lie.
const KEPT: &[&str] = &["GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"];

/// `git COMMAND ARGUMENTS…` in a folder, not yet started.
pub(super) fn git(folder: &Path, command: &str, arguments: &[&str]) -> Command {
    let mut git = Command::new("git");
    for (name, _) in std::env::vars_os() {
        let shown = name.to_string_lossy();
        if shown.starts_with("GIT_") && !KEPT.contains(&&*shown) {
            git.env_remove(&name);
        }
    }
    git.env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_ATTR_NOSYSTEM", "1")
        .env("GIT_NO_LAZY_FETCH", "1")
        .env("GIT_NO_REPLACE_OBJECTS", "1")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_ALLOW_PROTOCOL", "none")
        .env("LC_ALL", "C")
        .current_dir(folder)
        .arg("--no-pager");
    for setting in OVERRIDES {
        git.args(["-c", setting]);
    }
    git.arg(command).args(arguments);
    git.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    git
}

/// What a command of git writes to standard output.
///
/// # Errors
/// There is no git, it fails, or it says more than `limit` bytes.
pub(super) fn answer(
    folder: &Path,
    command: &'static str,
    arguments: &[&str],
    limit: u64,
) -> Result<Vec<u8>, GitError> {
    let failed = |reason: String| GitError::Failed { command, reason };
    let mut child = git(folder, command, arguments).spawn().map_err(start_error)?;
    let mut out = Vec::new();
    if let Some(stdout) = child.stdout.take() {
        let read = stdout.take(limit.saturating_add(1)).read_to_end(&mut out);
        read.map_err(|error| failed(error.to_string()))?;
    }
    if out.len() as u64 > limit {
        // It may go on for ever.
        let _ = child.kill();
    }
    let status = child.wait().map_err(|error| failed(error.to_string()))?;
    if out.len() as u64 > limit {
        return Err(failed(format!("more than {limit} bytes")));
    }
    if status.success() { Ok(out) } else { Err(failed(status.to_string())) }
}

/// Why git could not be started.
pub(super) fn start_error(error: std::io::Error) -> GitError {
    match error.kind() {
        std::io::ErrorKind::NotFound => GitError::NoGit,
        _ => GitError::Failed { command: "", reason: error.to_string() },
    }
}
