use std::fs;

use super::*;

fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn files(tree: &Tree) -> Vec<&str> {
    tree.files().iter().map(AsRef::as_ref).collect()
}

fn messages(tree: &Tree) -> Vec<String> {
    tree.diagnostics().iter().map(ToString::to_string).collect()
}

#[test]
fn lists_files_sorted_with_a_folder_index() {
    let root = tempfile::tempdir().unwrap();
    for path in ["shop/models.py", "manage.py", "shop/migrations/0001_initial.py", "README.md", "a/b/c.txt"] {
        write(root.path(), path, "");
    }
    let tree = walk(root.path(), WalkOptions::default()).unwrap();
    assert_eq!(
        files(&tree),
        ["README.md", "a/b/c.txt", "manage.py", "shop/migrations/0001_initial.py", "shop/models.py"]
    );
    assert_eq!(tree.python_files().count(), 3);
    let shop = tree.folder("shop").unwrap();
    assert!(shop.has_file("models.py") && shop.has_folder("migrations") && !shop.has_file("migrations"));
    assert!(tree.folder("").unwrap().has_file("manage.py"));
    assert!(tree.has_file("a/b/c.txt") && !tree.has_file("a/b"));
    assert!(tree.folder("nothing").is_none());
}

#[test]
fn honours_gitignore_outside_a_git_repository() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), ".gitignore", "generated/\n*.log.py\n");
    write(root.path(), "generated/models.py", "");
    write(root.path(), "shop/.gitignore", "local.py\n");
    write(root.path(), "shop/local.py", "");
    write(root.path(), "shop/x.log.py", "");
    write(root.path(), "shop/models.py", "");
    let tree = walk(root.path(), WalkOptions::default()).unwrap();
    assert_eq!(files(&tree), [".gitignore", "shop/.gitignore", "shop/models.py"]);
}

#[test]
fn what_lies_above_counts_within_a_repository_only() {
    let outer = tempfile::tempdir().unwrap();
    write(outer.path(), ".gitignore", "local.py\n/ignored/**\n");
    for path in ["backend/local.py", "backend/models.py", "ignored/local.py", "ignored/models.py"] {
        write(outer.path(), path, "");
    }
    let backend = outer.path().join("backend");
    let tree = walk(&backend, WalkOptions::default()).unwrap();
    assert_eq!(files(&tree), ["local.py", "models.py"]);
    write(outer.path(), ".git/HEAD", "");
    let tree = walk(&backend, WalkOptions::default()).unwrap();
    assert_eq!(files(&tree), ["models.py"]);
    let tree = walk(&backend, WalkOptions { gitignore: false, ..WalkOptions::default() }).unwrap();
    assert_eq!(files(&tree), ["local.py", "models.py"]);
    // Asked for by name, though git ignores it.
    let tree = walk(&outer.path().join("ignored"), WalkOptions::default()).unwrap();
    assert_eq!(files(&tree), ["local.py", "models.py"]);
}

#[test]
fn leaves_out_what_was_installed_or_generated() {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), "oddly_named/pyvenv.cfg", "home = /usr");
    for folder in [
        "oddly_named",
        ".venv",
        "venv",
        "node_modules/x",
        "lib/site-packages/django",
        ".git",
        ".tox",
        "build/lib",
        "dist",
        "__pycache__",
        "x.egg-info",
    ] {
        write(root.path(), &format!("{folder}/models.py"), "");
    }
    write(root.path(), ".github/workflows/ci.yml", "");
    let tree = walk(root.path(), WalkOptions::default()).unwrap();
    assert_eq!(files(&tree), [".github/workflows/ci.yml"]);
}

#[test]
fn enters_an_app_with_the_name_of_a_build_folder() {
    let root = tempfile::tempdir().unwrap();
    for app in ["build", "dist", "env", "venv"] {
        write(root.path(), &format!("{app}/__init__.py"), "");
        write(root.path(), &format!("{app}/migrations/0001_initial.py"), "");
    }
    let tree = walk(root.path(), WalkOptions::default()).unwrap();
    assert_eq!(tree.files_named("0001_initial.py").count(), 4);
}

#[test]
fn the_root_may_have_any_name() {
    let outer = tempfile::tempdir().unwrap();
    write(outer.path(), "site-packages/shop/models.py", "");
    let tree = walk(&outer.path().join("site-packages"), WalkOptions::default()).unwrap();
    assert_eq!(files(&tree), ["shop/models.py"]);
}

#[test]
fn a_missing_root_is_an_error() {
    let root = tempfile::tempdir().unwrap();
    let error = walk(&root.path().join("gone"), WalkOptions::default()).unwrap_err();
    assert_eq!(error.kind, DiagnosticKind::Unreadable);
    write(root.path(), "file.py", "");
    assert!(walk(&root.path().join("file.py"), WalkOptions::default()).is_err());
}

#[test]
fn the_bounds_are_diagnostics_and_the_cut_is_the_same_each_time() {
    let root = tempfile::tempdir().unwrap();
    for n in 0..50 {
        write(root.path(), &format!("app{n:02}/models.py"), "");
    }
    let options = WalkOptions { files: 10, ..WalkOptions::default() };
    let first = walk(root.path(), options).unwrap();
    assert_eq!(first.files().len(), 10);
    assert_eq!(first.files()[9].as_ref(), "app09/models.py");
    assert_eq!(messages(&first), [".: more than 10 files; the rest is not read"]);
    assert_eq!(files(&first), files(&walk(root.path(), options).unwrap()));

    write(root.path(), "a/b/c/d.py", "");
    let tree = walk(root.path(), WalkOptions { depth: 3, ..WalkOptions::default() }).unwrap();
    assert!(!tree.has_file("a/b/c/d.py"));
    assert_eq!(messages(&tree), ["a/b/c: folders nest more than 3 deep; not entered"]);
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn links_are_followed_to_files_of_the_tree_only() {
        let outside = tempfile::tempdir().unwrap();
        write(outside.path(), "secret.py", "");
        write(outside.path(), "package/models.py", "");
        let root = tempfile::tempdir().unwrap();
        write(root.path(), "shop/models.py", "");
        symlink("models.py", root.path().join("shop/same.py")).unwrap();
        symlink(outside.path().join("secret.py"), root.path().join("shop/secret.py")).unwrap();
        symlink(outside.path().join("package"), root.path().join("vendored")).unwrap();
        symlink("..", root.path().join("shop/loop")).unwrap();
        symlink("shop", root.path().join("store")).unwrap();
        symlink("self.py", root.path().join("self.py")).unwrap();
        symlink("nowhere", root.path().join("dangling.txt")).unwrap();
        let tree = walk(root.path(), WalkOptions::default()).unwrap();
        assert_eq!(files(&tree), ["shop/models.py", "shop/same.py"]);
        assert_eq!(
            messages(&tree),
            [
                "self.py: symbolic link to nothing, or in a loop, not followed",
                "shop/loop: symbolic link to a folder of the tree, not followed",
                "shop/secret.py: symbolic link out of the tree, not followed",
                "store: symbolic link to a folder of the tree, not followed",
                "vendored: symbolic link out of the tree, not followed",
            ]
        );
    }

    #[test]
    fn what_is_no_regular_file_is_said_and_never_opened() {
        let root = tempfile::tempdir().unwrap();
        let made = std::process::Command::new("mkfifo").arg(root.path().join("pipe.py")).status().unwrap();
        assert!(made.success());
        let _socket = UnixListener::bind(root.path().join("socket.py")).unwrap();
        write(root.path(), "models.py/inner.py", "");
        let tree = walk(root.path(), WalkOptions::default()).unwrap();
        assert_eq!(files(&tree), ["models.py/inner.py"]);
        let special = "not a regular file (FIFO, socket or device), not read";
        let folder = "a folder with the name of a Python file, not read as one";
        assert_eq!(
            messages(&tree),
            [format!("models.py: {folder}"), format!("pipe.py: {special}"), format!("socket.py: {special}")]
        );
    }

    #[test]
    fn a_name_that_is_no_text_is_said() {
        use std::os::unix::ffi::OsStrExt as _;
        let root = tempfile::tempdir().unwrap();
        if fs::write(root.path().join(OsStr::from_bytes(b"caf\xe9.py")), "").is_err() {
            return; // This file system takes no such names.
        }
        let tree = walk(root.path(), WalkOptions::default()).unwrap();
        assert!(tree.files().is_empty());
        assert_eq!(tree.diagnostics()[0].kind, DiagnosticKind::InvalidName);
    }
}
