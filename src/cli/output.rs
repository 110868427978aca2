//! Where text goes: the answer to standard output, the rest to standard error.

use std::io::{self, IsTerminal as _, Write as _};

use serde::Serialize;

use super::arguments::ColorChoice;

/// Standard output.
#[derive(Debug, Clone, Copy)]
pub struct Output {
    /// Whether the answer may hold ANSI escapes.
    pub colour: bool,
}

impl Output {
    /// Standard output under `--color`; `auto` asks whether it is a terminal, and `NO_COLOR`
    /// (<https://no-color.org>) and `TERM=dumb` turn colours off.
    pub fn new(choice: ColorChoice) -> Self {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let colour = match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => {
                !set("NO_COLOR")
                    && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
                    && io::stdout().is_terminal()
            }
        };
        Self { colour }
    }

    /// Writes the answer. That the reader closed the pipe is no error.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn answer(self, text: &str) -> io::Result<()> {
        written(|out| out.write_all(text.as_bytes()))
    }

    /// Writes an answer as JSON, part by part.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub fn json(self, answer: &impl Serialize) -> io::Result<()> {
        written(|out| {
            serde_json::to_writer_pretty(&mut *out, answer)?;
            out.write_all(b"\n")
        })
    }
}

/// Writes to standard output; that the reader closed the pipe is no error.
fn written(write: impl FnOnce(&mut dyn io::Write) -> io::Result<()>) -> io::Result<()> {
    super::progress::end();
    let mut out = io::BufWriter::new(io::stdout().lock());
    match write(&mut out).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Says something on standard error, which may be closed.
pub fn say(message: &str) {
    super::progress::clear();
    let _ = writeln!(io::stderr().lock(), "{message}");
}
