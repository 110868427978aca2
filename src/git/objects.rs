//! What `ls-tree` and `cat-file --batch` say, and the id that git gives a file.

use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use sha1::{Digest as _, Sha1};

use super::command::Running;
use super::{Files, GitError, ObjectId, object_id};

/// The id of a file's content in a repository that names objects by SHA-1.
pub fn blob_id(content: &[u8]) -> ObjectId {
    let mut hash = Sha1::new();
    hash.update(format!("blob {}\0", content.len()).as_bytes());
    hash.update(content);
    let mut hex = String::with_capacity(40);
    for byte in hash.finalize() {
        let _ = write!(hex, "{byte:02x}");
    }
    ObjectId(hex.into())
}

/// `MODE TYPE ID\tPATH\0` of each entry; what is not UTF-8 is left out, as the walk over files does.
pub(super) fn listing(answer: &[u8], below: &str) -> Files {
    let mut files = Files::default();
    for entry in answer.split(|byte| *byte == 0) {
        let Some(tab) = memchr::memchr(b'\t', entry) else { continue };
        let (head, path) = entry.split_at(tab);
        let Some(path) = path.get(1..).and_then(|path| std::str::from_utf8(path).ok()) else { continue };
        let Some(path) = path.strip_prefix(below) else { continue };
        let mut parts = head.split(|byte| *byte == b' ');
        let (mode, _, id) = (parts.next(), parts.next(), parts.next());
        match (mode, id.and_then(object_id)) {
            (Some(b"160000"), _) => files.submodules.push(path.into()),
            // A symbolic link (120000) is no file.
            (Some(mode), Some(id)) if mode.starts_with(b"100") => {
                files.files.insert(Arc::from(path), id);
            }
            _ => {}
        }
    }
    files
}

/// Most bytes of all objects of one answer together; those beyond are as if they were not there.
const MOST: usize = 256 << 20;

/// Asks `cat-file --batch` for each object in turn; in so long, it tells what it can. The answers are as
/// many as `ids`, `None` for what it did not tell, is no blob or has over `limit` bytes.
///
/// # Errors
/// git could not be started.
pub(super) fn contents(
    mut command: Command,
    ids: &[&ObjectId],
    limit: u64,
    time: Duration,
) -> Result<Vec<Option<Vec<u8>>>, GitError> {
    let failed = |reason: String| GitError::Failed { command: "cat-file", reason };
    command.stdin(Stdio::piped());
    let mut running = Running::start(command, time)?;
    let (Some(mut stdin), Some(stdout)) = (running.stdin.take(), running.stdout.take()) else {
        return Err(failed("no pipe".to_owned()));
    };
    let mut stdout = BufReader::new(stdout);
    let mut all = Vec::with_capacity(ids.len());
    let mut bytes = 0;
    for id in ids {
        if bytes > MOST {
            break;
        }
        let read = stdin
            .write_all(format!("{}\n", id.0).as_bytes())
            .and_then(|()| stdin.flush())
            .and_then(|()| one(&mut stdout, limit));
        match read {
            Ok(content) => {
                bytes += content.as_ref().map_or(0, Vec::len);
                all.push(content);
            }
            // It gave up, as on a missing object of a partial clone: so has the rest no answer.
            Err(_) => break,
        }
    }
    drop((stdin, stdout));
    all.resize(ids.len(), None);
    let _ = running.end(false);
    Ok(all)
}

/// `ID TYPE SIZE\n`, the content, `\n`; or `ID missing\n`.
fn one(stdout: &mut impl std::io::BufRead, limit: u64) -> std::io::Result<Option<Vec<u8>>> {
    let mut header = Vec::new();
    stdout.by_ref().take(1 << 12).read_until(b'\n', &mut header)?;
    if header.is_empty() {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    let header = String::from_utf8_lossy(&header);
    let mut words = header.split_whitespace().skip(1);
    let (kind, size) = (words.next(), words.next().and_then(|size| size.parse::<u64>().ok()));
    let Some(size) = size else { return Ok(None) };
    let content = if kind == Some("blob") && size <= limit {
        let mut content = Vec::new();
        stdout.by_ref().take(size).read_to_end(&mut content)?;
        Some(content)
    } else {
        std::io::copy(&mut stdout.by_ref().take(size), &mut std::io::sink())?;
        None
    };
    let mut end = [0];
    stdout.read_exact(&mut end)?;
    Ok(content)
}
