//! Files that the command line names: whatever they are (a pipe of the shell's, too), only so much is read.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::Context as _;

/// The text of a file of at most `limit` bytes; `-` is standard input.
///
/// # Errors
/// It cannot be read, is bigger, or is not UTF-8.
pub(super) fn text(path: &Path, limit: u64) -> anyhow::Result<String> {
    let mut text = String::new();
    let read = if path.as_os_str() == "-" {
        std::io::stdin().take(limit.saturating_add(1)).read_to_string(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(limit.saturating_add(1)).read_to_string(&mut text))
    };
    match read {
        // Where it was cut within a letter, that is what is said of it.
        Err(_) if text.len() as u64 > limit => {}
        other => drop(other.context("cannot be read")?),
    }
    anyhow::ensure!(text.len() as u64 <= limit, "over {} MiB, too big", limit >> 20);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_so_much_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(text(&path, 5).unwrap(), "12345");
        assert!(text(&path, 4).unwrap_err().to_string().contains("too big"));
        assert!(text(&folder.path().join("none"), 5).is_err());
        #[cfg(unix)]
        assert!(text(Path::new("/dev/zero"), 1 << 20).unwrap_err().to_string().contains("too big"));
    }
}
