//! The `git` program, with nothing of the repository's or the user's configuration that could run a
//! command.

use std::io::Read as _;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

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

/// A process of git that is ended when its time is over: a pipe among a repository's files would let it wait
/// for ever.
pub(super) struct Running {
    child: Arc<Mutex<Child>>,
    /// What is to be written to it.
    pub stdin: Option<ChildStdin>,
    /// What it writes.
    pub stdout: Option<ChildStdout>,
    done: Sender<()>,
    watch: Option<JoinHandle<bool>>,
}

impl Running {
    /// Starts a process that has so long.
    ///
    /// # Errors
    /// There is no git, or the system does not start it.
    pub(super) fn start(mut command: Command, time: Duration) -> Result<Self, GitError> {
        let mut child = command.spawn().map_err(start_error)?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let child = Arc::new(Mutex::new(child));
        let (done, over) = channel();
        let watched = child.clone();
        let watch = std::thread::Builder::new().spawn(move || {
            let late = over.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            if late {
                let _ = watched.lock().unwrap_or_else(PoisonError::into_inner).kill();
            }
            late
        });
        Ok(Self { child, stdin, stdout, done, watch: watch.ok() })
    }

    /// Ends it, or waits for its end where `wait` says so; `None` where its time was over.
    ///
    /// # Errors
    /// The system does not tell how it ended.
    pub(super) fn end(mut self, wait: bool) -> std::io::Result<Option<ExitStatus>> {
        drop(self.stdin.take());
        drop(self.stdout.take());
        let mut pause = Duration::from_micros(20);
        let status = loop {
            let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
            if !wait {
                let _ = child.kill();
            }
            if let Some(status) = child.try_wait()? {
                break status;
            }
            // The lock is let go meanwhile: whoever watches may need it.
            drop(child);
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(10));
        };
        let _ = self.done.send(());
        let late = self.watch.take().is_some_and(|watch| watch.join().unwrap_or(false));
        Ok(Some(status).filter(|_| !late))
    }
}

/// What a command of git writes to standard output.
///
/// # Errors
/// There is no git, it fails, takes longer than `time`, or says more than `limit` bytes.
pub(super) fn answer(
    folder: &Path,
    command: &'static str,
    arguments: &[&str],
    limit: u64,
    time: Duration,
) -> Result<Vec<u8>, GitError> {
    let failed = |reason: String| GitError::Failed { command, reason };
    let mut running = Running::start(git(folder, command, arguments), time)?;
    let mut out = Vec::new();
    let read = match &mut running.stdout {
        Some(stdout) => stdout.take(limit.saturating_add(1)).read_to_end(&mut out).map(drop),
        None => Ok(()),
    };
    let too_much = out.len() as u64 > limit;
    // What says too much may go on for ever.
    let status = running.end(!too_much).map_err(|error| failed(error.to_string()))?;
    read.map_err(|error| failed(error.to_string()))?;
    match status {
        None => Err(failed(format!("no answer in {} seconds", time.as_secs()))),
        _ if too_much => Err(failed(format!("more than {limit} bytes"))),
        Some(status) if status.success() => Ok(out),
        Some(status) => Err(failed(status.to_string())),
    }
}

/// Why git could not be started.
pub(super) fn start_error(error: std::io::Error) -> GitError {
    match error.kind() {
        std::io::ErrorKind::NotFound => GitError::NoGit,
        _ => GitError::Failed { command: "", reason: error.to_string() },
    }
}
