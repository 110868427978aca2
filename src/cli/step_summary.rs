//! The summary of a GitHub workflow's step: Markdown in the file that the runner names.

use std::io::Write as _;

use anyhow::Context as _;

/// A step's summary may not be bigger
/// (<https://docs.github.com/actions/reference/workflow-commands-for-github-actions>).
const LARGEST: usize = 1 << 20;

/// Appends Markdown to the step's summary, where there is one.
///
/// # Errors
/// The file that the runner names cannot be written.
pub(super) fn append(markdown: &str) -> anyhow::Result<()> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY").filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    if markdown.len() > LARGEST {
        return Ok(());
    }
    let file = std::fs::OpenOptions::new().append(true).create(true).open(&path);
    file.and_then(|mut file| writeln!(file, "{markdown}")).context("cannot write GITHUB_STEP_SUMMARY")
}
