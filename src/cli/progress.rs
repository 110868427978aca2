//! What is being done, on standard error, once it takes over half a second: on a terminal, and not in CI.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Work that is done sooner needs no word.
const PATIENCE: Duration = Duration::from_millis(500);
/// Between two drawings.
const TICK: Duration = Duration::from_millis(100);

struct State {
    /// What is being done, and since when anything is; `None` before the first.
    doing: Option<(&'static str, Instant)>,
    /// Characters on the line.
    drawn: usize,
    /// Nothing is to be drawn any more.
    ended: bool,
}

static STATE: Mutex<State> = Mutex::new(State { doing: None, drawn: 0, ended: false });

/// Tells what is begun. The first call decides whether anything is shown at all.
pub(super) fn stage(quiet: bool, what: &'static str) {
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    if state.ended {
        return;
    }
    match &mut state.doing {
        Some((doing, _)) => *doing = what,
        None if quiet || !is_watched() => state.ended = true,
        None => {
            state.doing = Some((what, Instant::now()));
            // It ends with the process.
            let _ = std::thread::Builder::new().name("progress".to_owned()).spawn(draw);
        }
    }
}

/// Tells what is begun next, where something is shown.
pub(super) fn next(what: &'static str) {
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((doing, _)) = &mut state.doing {
        *doing = what;
    }
}

/// Takes the line away, for another that is to stand there.
pub(super) fn clear() {
    wipe(&mut STATE.lock().unwrap_or_else(PoisonError::into_inner));
}

/// Takes the line away for good.
pub(super) fn end() {
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    state.ended = true;
    wipe(&mut state);
}

/// Somebody looks at standard error: it is a terminal, and no CI that pretends to have one.
fn is_watched() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "false");
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    !set("CI") && !dumb && io::stderr().is_terminal()
}

fn draw() {
    loop {
        std::thread::sleep(TICK);
        let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
        if state.ended {
            return;
        }
        if let Some((what, since)) = state.doing
            && since.elapsed() >= PATIENCE
        {
            let line = line(what, since.elapsed());
            wipe(&mut state);
            let mut out = io::stderr().lock();
            let _ = write!(out, "{line}").and_then(|()| out.flush());
            state.drawn = line.chars().count();
        }
    }
}

fn line(what: &str, elapsed: Duration) -> String {
    format!("migcheck: {what} … {:.1} s", elapsed.as_secs_f64())
}

fn wipe(state: &mut State) {
    if state.drawn > 0 {
        let mut out = io::stderr().lock();
        let _ = write!(out, "\r{}\r", " ".repeat(state.drawn)).and_then(|()| out.flush());
        state.drawn = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_what_and_how_long() {
        assert_eq!(line("reading", Duration::from_millis(1549)), "migcheck: reading … 1.5 s");
    }

    #[test]
    fn nothing_is_shown_where_nobody_looks() {
        stage(true, "reading");
        next("checking");
        let state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
        assert!(state.ended && state.doing.is_none());
    }
}
