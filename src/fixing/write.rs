//! Writing what is to be changed: all of it or nothing, each file put in place by a rename, nothing
//! outside of the repository and nothing through a symbolic link.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use super::{Change, mark_of, shown};
use crate::source::{MAX_BYTES, inside, read_bytes};

/// Writes the changes.
///
/// # Errors
/// What could not be written; everything is as it was then, as far as the system allows.
pub fn write(root: &Path, changes: &[Change]) -> Result<(), String> {
    for change in changes {
        admit(root, change)?;
        if changes.iter().filter(|other| other.to == change.to).count() > 1 {
            return Err(format!("{} would be written twice", shown(root, &change.to)));
        }
    }
    let mut staged = Vec::new();
    for change in changes {
        match stage(change) {
            Ok(file) => staged.push(file),
            Err(error) => {
                discard(&staged);
                return Err(format!(
                    "cannot write {}: {error}; nothing was written",
                    shown(root, &change.to)
                ));
            }
        }
    }
    for (index, (change, file)) in changes.iter().zip(&staged).enumerate() {
        if let Err(error) = fs::rename(file, &change.to) {
            discard(staged.get(index..).unwrap_or_default());
            undo(changes, index);
            return Err(format!("cannot write {}: {error}; nothing was written", shown(root, &change.to)));
        }
    }
    for from in changes.iter().filter_map(|change| change.from.as_ref()) {
        if !changes.iter().any(|change| change.to == *from) {
            fs::remove_file(from).map_err(|error| {
                format!("the new files are written, but {} cannot be removed: {error}", shown(root, from))
            })?;
        }
    }
    Ok(())
}

/// # Errors
/// A place that may not be written, or a file that is not as it was read.
fn admit(root: &Path, change: &Change) -> Result<(), String> {
    for path in change.from.iter().chain([&change.to]) {
        inside(root, path).map_err(|odd| odd.to_string())?;
    }
    let Some(from) = &change.from else {
        return if change.to.symlink_metadata().is_ok() {
            Err(format!("{} is there already", shown(root, &change.to)))
        } else {
            Ok(())
        };
    };
    let display = shown(root, from);
    let bytes = read_bytes(from, &display, MAX_BYTES).map_err(|diagnostic| diagnostic.to_string())?;
    match mark_of(&bytes, &change.before) {
        Some(mark) if mark == change.mark => Ok(()),
        _ => Err(format!("{display} was changed meanwhile, or is not in UTF-8")),
    }
}

/// Takes away what was written beside its place.
fn discard(staged: &[PathBuf]) {
    for file in staged {
        let _ = fs::remove_file(file);
    }
}

/// Writes a text beside its place.
fn stage(change: &Change) -> io::Result<PathBuf> {
    let folder = change.to.parent().ok_or(io::ErrorKind::NotFound)?;
    let name = change.to.file_name().ok_or(io::ErrorKind::NotFound)?.to_string_lossy().into_owned();
    if change.from.is_none() {
        fs::create_dir_all(folder)?;
    }
    let file = folder.join(format!(".{name}.migcheck"));
    let mut out = OpenOptions::new().write(true).create_new(true).open(&file)?;
    let done = write_all(&mut out, change);
    if let Err(error) = done {
        let _ = fs::remove_file(&file);
        return Err(error);
    }
    Ok(file)
}

fn write_all(out: &mut fs::File, change: &Change) -> io::Result<()> {
    if let Some(from) = &change.from {
        out.set_permissions(fs::metadata(from)?.permissions())?;
    }
    if change.mark {
        out.write_all(b"\xef\xbb\xbf")?;
    }
    out.write_all(change.after.as_bytes())?;
    out.sync_all()
}

/// Puts back what the first so many changes wrote over.
fn undo(changes: &[Change], count: usize) {
    for change in changes.iter().take(count) {
        let old = changes.iter().find(|other| other.from.as_ref() == Some(&change.to));
        let Some(old) = old else {
            let _ = fs::remove_file(&change.to);
            continue;
        };
        let mark: &[u8] = if old.mark { b"\xef\xbb\xbf" } else { b"" };
        let _ = fs::write(&change.to, [mark, old.before.as_bytes()].concat());
    }
}
