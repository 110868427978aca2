use super::*;

#[test]
fn a_blob_has_the_id_that_git_gives_it() {
    assert_eq!(&*blob_id(b"").0, "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391");
    assert_eq!(&*blob_id(b"hello\n").0, "ce013625030ba8dba906f756967f9e9ca394464a");
}

#[test]
fn a_listing_knows_files_submodules_and_what_is_below_the_folder() {
    let id = "ce013625030ba8dba906f756967f9e9ca394464a";
    let text = format!(
        "100644 blob {id}\tapp/a b.py\0160000 commit {id}\tapp/sub\0120000 blob {id}\tapp/link.py\0\
         100644 blob {id}\tother.py\0100644 blob {id}\tapp/tab\tin.py\0garbage\0"
    );
    let files = objects::listing(text.as_bytes(), "app/");
    assert_eq!(files.files.keys().map(AsRef::as_ref).collect::<Vec<_>>(), ["a b.py", "tab\tin.py"]);
    assert_eq!(files.submodules, ["sub".into()]);
}

#[test]
fn what_could_be_an_option_is_no_revision() {
    let folder = tempfile::tempdir().unwrap();
    let repository = Repository { folder: folder.path().to_owned(), below: String::new() };
    for hostile in ["--upload-pack=x", "-h", "", "a\nb", "HEAD:x"] {
        assert!(matches!(repository.commit(hostile), Err(GitError::BadRevision(_))), "{hostile:?}");
    }
}

/// A pipe where git expects a file: it waits for ever, and we do not.
#[cfg(unix)]
#[test]
fn git_is_given_so_much_time() {
    let folder = tempfile::tempdir().unwrap();
    let run = |program: &str, words: &[&str]| {
        let status = std::process::Command::new(program).args(words).current_dir(folder.path()).status();
        status.is_ok_and(|status| status.success())
    };
    if !run("git", &["init", "-q"]) || !run("mkfifo", &[".git/pipe"]) {
        return;
    }
    assert!(run("git", &["config", "include.path", "pipe"]));
    let answer = |time| command::answer(folder.path(), "rev-parse", &["--git-dir"], 100, time);
    let error = answer(Duration::from_secs(1)).unwrap_err().to_string();
    assert!(error.contains("no answer in 1 seconds"), "{error}");
    std::fs::remove_file(folder.path().join(".git/pipe")).unwrap();
    assert_eq!(answer(Duration::from_mins(1)).unwrap(), b".git\n");
    let much = command::answer(folder.path(), "rev-parse", &["--git-dir"], 2, Duration::from_mins(1));
    assert!(much.unwrap_err().to_string().contains("more than 2 bytes"));
}
