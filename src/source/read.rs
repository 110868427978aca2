//! Reading one file of a repository that nobody vouches for.

use std::borrow::Cow;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;

use super::{Diagnostic, DiagnosticKind, SourceFile};

/// Most bytes of a file that is read. The largest Python file of the published projects has 1.2 MB.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// A file's text, and what was wrong with it.
#[derive(Debug)]
pub struct Reading {
    /// The text; bytes that the encoding does not allow are U+FFFD.
    pub file: Arc<SourceFile>,
    /// What Python would refuse in it. Not empty means Python could not import the file.
    pub diagnostics: Vec<Diagnostic>,
}

/// What a file's bytes stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Content {
    /// Python source: a byte order mark and a coding cookie count (PEP 263).
    Python,
    /// Other text, in UTF-8.
    Text,
}

/// Reads the file at `path`, shown to people as `display`.
///
/// A symbolic link is followed: whoever lists files decides which links may be. Only a regular file is
/// read, which is asked both before it is opened, as opening some devices acts, and after, as the file
/// may have been exchanged; opening never waits for the other end of a FIFO.
///
/// # Errors
/// A diagnostic if nothing could be read: no regular file, over `limit` bytes, or refused by the system.
pub fn read(path: &Path, display: &str, content: Content, limit: u64) -> Result<Reading, Diagnostic> {
    let bytes = read_bytes(path, display, limit)?;
    let (text, diagnostics) = match content {
        Content::Python => decode_python(&bytes, display),
        Content::Text => {
            let mut diagnostics = Vec::new();
            let bytes = bytes.strip_prefix(BOM).unwrap_or(&bytes);
            (decode_utf8(bytes, display, &mut diagnostics).into_owned(), diagnostics)
        }
    };
    Ok(Reading { file: SourceFile::new(path.to_owned(), display, text), diagnostics })
}

/// The bytes of a regular file of at most `limit` bytes.
///
/// # Errors
/// As [`read`].
pub fn read_bytes(path: &Path, display: &str, limit: u64) -> Result<Vec<u8>, Diagnostic> {
    let unreadable = |error: io::Error| {
        Diagnostic::new(display, DiagnosticKind::Unreadable, format!("cannot be read: {error}"))
    };
    regular(&std::fs::metadata(path).map_err(unreadable)?, display)?;
    let file = open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    regular(&metadata, display)?;
    if metadata.len() > limit {
        return Err(too_large(display, metadata.len(), limit));
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0).saturating_add(1));
    let read = file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)? as u64;
    if read > limit {
        return Err(too_large(display, read, limit));
    }
    Ok(bytes)
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).open(path)
}

fn regular(metadata: &Metadata, display: &str) -> Result<(), Diagnostic> {
    if metadata.is_file() {
        return Ok(());
    }
    let what = if metadata.is_dir() { "a folder" } else { "not a regular file" };
    Err(Diagnostic::new(display, DiagnosticKind::NotAFile, format!("{what}, not read")))
}

fn too_large(display: &str, bytes: u64, limit: u64) -> Diagnostic {
    let message = format!("{bytes} bytes, over the limit of {limit}, not read");
    Diagnostic::new(display, DiagnosticKind::TooLarge, message)
}

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Decodes Python source as `tokenize.detect_encoding` and the interpreter do.
///
/// Where Python would refuse the file there is a diagnostic, and the text goes on with U+FFFD.
pub fn decode_python(bytes: &[u8], display: &str) -> (String, Vec<Diagnostic>) {
    let mut diagnostics = Vec::new();
    let (marked, bytes) = match bytes.strip_prefix(BOM) {
        Some(rest) => (true, rest),
        None => (false, bytes),
    };
    let cookie = coding_cookie(bytes);
    let text = match &cookie {
        None => decode_utf8(bytes, display, &mut diagnostics),
        Some(cookie) => {
            let encoding = Encoding::named(&cookie.name);
            if encoding.is_none() || (marked && encoding != Some(Encoding::Utf8)) {
                let message = if marked {
                    format!("coding cookie `{}` contradicts the UTF-8 byte order mark", cookie.name)
                } else {
                    format!("unknown encoding `{}`", cookie.name)
                };
                let diagnostic = Diagnostic::new(display, DiagnosticKind::UnknownEncoding, message);
                diagnostics.push(diagnostic.at(cookie.line, None));
            }
            let encoding = if marked { Encoding::Utf8 } else { encoding.unwrap_or(Encoding::Utf8) };
            encoding.decode(bytes, display, &mut diagnostics)
        }
    };
    if let Some(at) = memchr::memchr(0, text.as_bytes()) {
        let message = format!("a NUL byte (offset {at}), which Python does not allow in source");
        let diagnostic = Diagnostic::new(display, DiagnosticKind::NulByte, message);
        diagnostics.push(diagnostic.at(line_of(text.as_bytes(), at), None));
    }
    (text.into_owned(), diagnostics)
}

/// The encodings told apart by how they are decoded.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Encoding {
    Utf8,
    Ascii,
    /// Python's `latin-1` is each byte's code point, unlike the web's, which is cp1252.
    Latin1,
    Other(&'static encoding_rs::Encoding),
}

impl Encoding {
    /// By Python's name, of any spelling that `codecs.lookup` takes.
    fn named(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace('_', "-");
        let is =
            |wanted: &str| name == wanted || name.strip_prefix(wanted).is_some_and(|r| r.starts_with('-'));
        if is("utf-8")
            || matches!(name.as_str(), "utf8" | "u8" | "utf" | "utf8-ucs2" | "utf8-ucs4" | "cp65001")
        {
            return Some(Self::Utf8);
        }
        if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
            return Some(Self::Latin1);
        }
        match name.as_str() {
            "latin1" | "latin" | "l1" | "iso8859-1" | "8859" | "cp819" => Some(Self::Latin1),
            "ascii" | "us-ascii" | "646" => Some(Self::Ascii),
            _ => {
                let found = encoding_rs::Encoding::for_label(name.as_bytes())?;
                // Python's tokenizer cannot read source in UTF-16.
                let bytewise = found.is_ascii_compatible() && found != encoding_rs::UTF_8;
                bytewise.then_some(Self::Other(found))
            }
        }
    }

    fn decode<'a>(self, bytes: &'a [u8], display: &str, diagnostics: &mut Vec<Diagnostic>) -> Cow<'a, str> {
        match self {
            Self::Utf8 => decode_utf8(bytes, display, diagnostics),
            Self::Latin1 => encoding_rs::mem::decode_latin1(bytes),
            Self::Ascii => {
                if let Some(at) = bytes.iter().position(|byte| !byte.is_ascii()) {
                    diagnostics.push(invalid(bytes, at, "ASCII", display));
                }
                String::from_utf8_lossy(bytes)
            }
            Self::Other(encoding) => {
                let (text, faulty) = encoding.decode_without_bom_handling(bytes);
                if faulty {
                    let message = format!("bytes that are not {}", encoding.name());
                    diagnostics.push(Diagnostic::new(display, DiagnosticKind::InvalidEncoding, message));
                }
                text
            }
        }
    }
}

fn decode_utf8<'a>(bytes: &'a [u8], display: &str, diagnostics: &mut Vec<Diagnostic>) -> Cow<'a, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(error) => {
            diagnostics.push(invalid(bytes, error.valid_up_to(), "UTF-8", display));
            String::from_utf8_lossy(bytes)
        }
    }
}

fn invalid(bytes: &[u8], at: usize, encoding: &str, display: &str) -> Diagnostic {
    let byte = bytes.get(at).copied().unwrap_or(0);
    let message = format!("not {encoding}: byte 0x{byte:02x} at offset {at}");
    Diagnostic::new(display, DiagnosticKind::InvalidEncoding, message)
        .at(line_of(bytes, at), None)
        .with_hint("save the file in UTF-8, or name its encoding in a `# -*- coding: … -*-` line")
}

/// The line, from 1, of the byte at `at`.
fn line_of(bytes: &[u8], at: usize) -> u32 {
    let before = bytes.get(..at).unwrap_or(bytes);
    let ends = before
        .iter()
        .enumerate()
        .filter(|(i, byte)| **byte == b'\n' || (**byte == b'\r' && bytes.get(i + 1) != Some(&b'\n')));
    u32::try_from(ends.count() + 1).unwrap_or(u32::MAX)
}

struct Cookie {
    name: String,
    line: u32,
}

/// PEP 263: a comment in the first two lines, the second only if the first holds no code.
fn coding_cookie(bytes: &[u8]) -> Option<Cookie> {
    let mut lines = bytes.splitn(3, |byte| *byte == b'\n');
    for number in 1..=2 {
        let line = lines.next()?;
        let start = line.iter().position(|byte| !matches!(byte, b' ' | b'\t' | b'\x0c' | b'\r'));
        let Some(comment) = start.and_then(|start| line.get(start..)) else { continue };
        if comment.first() != Some(&b'#') {
            return None;
        }
        if let Some(name) = cookie_name(comment) {
            return Some(Cookie { name, line: number });
        }
    }
    None
}

/// `coding[:=]\s*([-\w.]+)` anywhere in the comment.
fn cookie_name(comment: &[u8]) -> Option<String> {
    memchr::memmem::find_iter(comment, b"coding").find_map(|at| {
        let rest = comment.get(at + 6..)?;
        let rest = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"="))?;
        let start = rest.iter().position(|byte| !matches!(byte, b' ' | b'\t'))?;
        let name: String = rest
            .get(start..)?
            .iter()
            .map(|byte| char::from(*byte))
            .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
            .collect();
        (!name.is_empty()).then_some(name)
    })
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
