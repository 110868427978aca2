//! `check --diff` on a repository with a scripted history: a branch for each thing that can happen.
//!
//! Needs the `git` program, as `--diff` does; without it there is nothing to test.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Scratch {
    folder: tempfile::TempDir,
}

fn has_git() -> bool {
    Command::new("git").arg("--version").output().is_ok_and(|output| output.status.success())
}

const MODELS: &str = "from django.db import models


class Order(models.Model):
    code = models.CharField(max_length=20)
    note = models.TextField(default=\"\")
";

impl Scratch {
    /// A shop with two migrations on `main`, and a view and a template that use `note`.
    fn new() -> Self {
        let scratch = Self { folder: tempfile::tempdir().unwrap() };
        scratch.git(&["init", "-q", "-b", "main"]);
        scratch.write(
            "manage.py",
            "import os\nos.environ.setdefault(\"DJANGO_SETTINGS_MODULE\", \"site_settings\")\n",
        );
        scratch.write(
            "site_settings.py",
            "INSTALLED_APPS = [\"shop\"]\nDATABASES = {\"default\": {\"ENGINE\": \"django.db.backends.postgresql\"}}\n\
             DEFAULT_AUTO_FIELD = \"django.db.models.BigAutoField\"\n",
        );
        scratch.write("shop/__init__.py", "");
        scratch.write("shop/models.py", MODELS);
        scratch.write("shop/migrations/__init__.py", "");
        scratch.migration(
            "0001_initial",
            "",
            "migrations.CreateModel(\"Order\", [(\"id\", models.BigAutoField(auto_created=True, primary_key=True, \
             serialize=False, verbose_name=\"ID\")), (\"code\", models.CharField(max_length=20))])",
        );
        scratch.migration(
            "0002_note",
            "0001_initial",
            "migrations.AddField(\"order\", \"note\", models.TextField(default=\"\"))",
        );
        scratch.write(
            "shop/views.py",
            "from shop.models import Order\n\n\ndef notes():\n    return Order.objects.values(\"note\")\n",
        );
        scratch.write("shop/templates/shop/order_detail.html", "<p>{{ order.note }}</p>\n");
        scratch.commit("a shop");
        scratch
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn migration(&self, name: &str, after: &str, operation: &str) {
        let dependencies = if after.is_empty() { String::new() } else { format!("(\"shop\", \"{after}\")") };
        let text = format!(
            "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n    dependencies = \
             [{dependencies}]\n    operations = [\n        {operation},\n    ]\n"
        );
        self.write(&format!("shop/migrations/{name}.py"), &text);
    }

    fn git(&self, arguments: &[&str]) -> String {
        let output = Command::new("git")
            .current_dir(self.path())
            .args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"])
            .args(arguments)
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_AUTHOR_DATE", "2024-01-01T00:00:00Z")
            .env("GIT_COMMITTER_DATE", "2024-01-01T00:00:00Z")
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    fn commit(&self, message: &str) {
        self.git(&["add", "-A"]);
        self.git(&["commit", "-q", "-m", message]);
    }

    fn branch(&self, name: &str) {
        self.git(&["checkout", "-q", "-b", name, "main"]);
    }

    fn check(&self, arguments: &[&str]) -> Output {
        check_in(self.path(), arguments)
    }

    fn concise(&self) -> String {
        text(&self.check(&["--diff", "main", "--format", "concise"]))
    }

    fn markdown(&self) -> String {
        let report = text(&self.check(&["--diff", "main", "--format", "markdown"]));
        // The version changes with each release.
        report.replace(env!("CARGO_PKG_VERSION"), "VERSION")
    }
}

fn check_in(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
    command.arg("check").args(arguments).args(["--django", "5.2"]).current_dir(folder);
    command.env_remove("VIRTUAL_ENV").env_remove("GITHUB_STEP_SUMMARY").output().unwrap()
}

fn text(output: &Output) -> String {
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_clean_branch() {
    if !has_git() {
        return;
    }
    let scratch = Scratch::new();
    scratch.branch("clean");
    scratch.migration(
        "0003_paid",
        "0002_note",
        "migrations.AddField(\"order\", \"paid\", models.DateTimeField(null=True))",
    );
    scratch.write("shop/models.py", &format!("{MODELS}    paid = models.DateTimeField(null=True)\n"));
    insta::assert_snapshot!("clean_uncommitted", scratch.concise());
    scratch.commit("paid");
    insta::assert_snapshot!("clean", scratch.markdown());
}

#[test]
fn branches_that_collide() {
    if !has_git() {
        return;
    }
    let scratch = Scratch::new();
    scratch.branch("mine");
    scratch.migration(
        "0003_mine",
        "0002_note",
        "migrations.AddField(\"order\", \"mine\", models.TextField(null=True))",
    );
    scratch.write("shop/models.py", &format!("{MODELS}    mine = models.TextField(null=True)\n"));
    scratch.commit("mine");
    insta::assert_snapshot!("before_the_collision", scratch.concise());
    scratch.git(&["checkout", "-q", "main"]);
    scratch.migration(
        "0003_theirs",
        "0002_note",
        "migrations.AddField(\"order\", \"theirs\", models.TextField(null=True))",
    );
    scratch.write("shop/models.py", &format!("{MODELS}    theirs = models.TextField(null=True)\n"));
    scratch.commit("theirs");
    scratch.git(&["checkout", "-q", "mine"]);
    insta::assert_snapshot!("collision", scratch.markdown());
}

#[test]
fn an_edited_migration() {
    if !has_git() {
        return;
    }
    let scratch = Scratch::new();
    scratch.branch("edited");
    scratch.migration(
        "0002_note",
        "0001_initial",
        "migrations.AddField(\"order\", \"note\", models.TextField(null=True))",
    );
    scratch.write("shop/models.py", &MODELS.replace("default=\"\"", "null=True"));
    insta::assert_snapshot!("edited", scratch.markdown());
    // `help_text` is nothing that the database knows; neither are comments.
    scratch.migration(
        "0002_note",
        "0001_initial",
        "migrations.AddField(\"order\", \"note\", models.TextField(default=\"\", help_text=\"for us\"))",
    );
    scratch.write("shop/models.py", &MODELS.replace("default=\"\"", "default=\"\", help_text=\"for us\""));
    let path = scratch.path().join("shop/migrations/0001_initial.py");
    let commented = format!("# first\n\"\"\"Why.\"\"\"\n{}", fs::read_to_string(&path).unwrap());
    fs::write(&path, commented).unwrap();
    insta::assert_snapshot!("edited_text", scratch.concise());
}

#[test]
fn an_inserted_migration() {
    if !has_git() {
        return;
    }
    let scratch = Scratch::new();
    scratch.branch("inserted");
    scratch.migration(
        "0001b_fix",
        "0001_initial",
        "migrations.AddField(\"order\", \"fix\", models.TextField(null=True))",
    );
    let note = "migrations.AddField(\"order\", \"note\", models.TextField(default=\"\"))";
    scratch.migration("0002_note", "0001b_fix", note);
    scratch.write("shop/models.py", &format!("{MODELS}    fix = models.TextField(null=True)\n"));
    scratch.commit("fix");
    insta::assert_snapshot!("inserted", scratch.markdown());
}

#[test]
fn a_dropped_field_that_a_template_still_uses() {
    if !has_git() {
        return;
    }
    let scratch = Scratch::new();
    scratch.branch("dropped");
    scratch.migration("0003_remove_note", "0002_note", "migrations.RemoveField(\"order\", \"note\")");
    scratch.write("shop/models.py", &MODELS.replace("    note = models.TextField(default=\"\")\n", ""));
    scratch.write(
        "shop/views.py",
        "from shop.models import Order\n\n\ndef notes():\n    return Order.objects.values(\"code\")\n",
    );
    scratch.commit("no notes");
    insta::assert_snapshot!("dropped", scratch.markdown());
    // People get a place of the base as git names it, programs the path.
    let sarif = text(&scratch.check(&["--diff", "main", "--format", "sarif"]));
    assert!(sarif.contains("\"uri\": \"shop/models.py\"") && sarif.contains(":shop/models.py:6)"), "{sarif}");
    let json = text(&scratch.check(&["--diff", "main", "--format", "json"]));
    assert!(!json.contains("\"path\": \"dd60"), "{json}");
    let lite = text(&scratch.check(&["--diff", "main", "--format", "markdown", "--dialect", "sqlite:3.30"]));
    assert!(lite.contains("`RESERVED` on `shop_order`") && lite.contains("writes wait, long"), "{lite}");
    assert!(!lite.lines().any(|line| line.starts_with("| ") && line.contains("new__")), "{lite}");
}

#[test]
fn a_deleted_a_renamed_and_a_squashed_migration() {
    if !has_git() {
        return;
    }
    let scratch = Scratch::new();
    scratch.branch("renamed");
    scratch.git(&["mv", "shop/migrations/0002_note.py", "shop/migrations/0002_notes.py"]);
    insta::assert_snapshot!("renamed", scratch.concise());
    scratch.git(&["rm", "-q", "-f", "shop/migrations/0002_notes.py"]);
    insta::assert_snapshot!("deleted", scratch.concise());
    scratch.git(&["checkout", "-q", "-f", "main"]);
    scratch.branch("squashed");
    scratch.migration(
        "0001_squashed_0002_note",
        "",
        "migrations.CreateModel(\"Order\", [(\"id\", models.BigAutoField(auto_created=True, primary_key=True, \
         serialize=False, verbose_name=\"ID\")), (\"code\", models.CharField(max_length=20)), (\"note\", \
         models.TextField(default=\"\"))])",
    );
    let path = scratch.path().join("shop/migrations/0001_squashed_0002_note.py");
    let squash = fs::read_to_string(&path).unwrap();
    let replaces = "    replaces = [(\"shop\", \"0001_initial\"), (\"shop\", \"0002_note\")]\n    operations";
    fs::write(&path, squash.replace("    operations", replaces)).unwrap();
    scratch.git(&["rm", "-q", "shop/migrations/0001_initial.py", "shop/migrations/0002_note.py"]);
    assert!(!scratch.concise().contains("deleted-migration"), "{}", scratch.concise());
}

#[test]
fn an_app_that_is_taken_out() {
    if !has_git() {
        return;
    }
    let scratch = Scratch::new();
    scratch.write("blog/__init__.py", "");
    scratch.write("blog/models.py", "");
    scratch.write("blog/migrations/__init__.py", "");
    let path = "blog/migrations/0001_initial.py";
    let text =
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n    operations = []\n";
    scratch.write(path, text);
    scratch.commit("a blog");
    scratch.branch("without");
    scratch.git(&["rm", "-q", "-r", "blog"]);
    insta::assert_snapshot!("removed_app", scratch.concise());
}

#[test]
fn a_moved_app_is_nothing_new() {
    if !has_git() {
        return;
    }
    let scratch = Scratch::new();
    scratch.branch("moved");
    fs::create_dir_all(scratch.path().join("apps")).unwrap();
    scratch.git(&["mv", "shop", "apps/shop"]);
    scratch.write("apps/__init__.py", "");
    scratch.write(
        "site_settings.py",
        "INSTALLED_APPS = [\"apps.shop\"]\nDEFAULT_AUTO_FIELD = \"django.db.models.BigAutoField\"\n",
    );
    scratch.write("apps/shop/views.py", "");
    scratch.commit("moved");
    let report = scratch.concise();
    assert!(report.starts_with("No findings in 0 migrations"), "{report}");
}

/// What a rule that needs a base says of a branch, or of a list of what is applied.
struct Scenario {
    rule: &'static str,
    /// Does on a new branch what makes it fire.
    hit: fn(&Scratch),
    /// Comes near.
    miss: fn(&Scratch),
    /// Arguments of `check` beside the format.
    arguments: &'static [&'static str],
}

const DIFF: &[&str] = &["--diff", "main", "--pedantic"];
const APPLIED: &[&str] = &["--applied", "applied.json"];
const WITHOUT_NOTE: &str = "migrations.RemoveField(\"order\", \"note\")";

fn drop_note(scratch: &Scratch) {
    scratch.migration("0003_no_note", "0002_note", WITHOUT_NOTE);
    scratch.write("shop/models.py", &MODELS.replace("    note = models.TextField(default=\"\")\n", ""));
}

/// The code lets the field go on the target first.
fn without_note_on_main(scratch: &Scratch) {
    scratch.git(&["checkout", "-q", "main"]);
    scratch.write("shop/models.py", &MODELS.replace("    note = models.TextField(default=\"\")\n", ""));
    scratch.write("shop/views.py", "");
    scratch.write("shop/templates/shop/order_detail.html", "");
    scratch.commit("without note");
    scratch.git(&["checkout", "-q", "-B", "branch", "main"]);
    scratch.migration("0003_no_note", "0002_note", WITHOUT_NOTE);
}

fn add_more(scratch: &Scratch) {
    scratch.migration(
        "0003_more",
        "0002_note",
        "migrations.AddField(\"order\", \"more\", models.TextField(null=True))",
    );
    scratch.write("shop/models.py", &format!("{MODELS}    more = models.TextField(null=True)\n"));
}

const SCENARIOS: &[Scenario] = &[
    Scenario {
        rule: "edited-migration",
        hit: |scratch| {
            let field = "migrations.AddField(\"order\", \"note\", models.TextField(null=True))";
            scratch.migration("0002_note", "0001_initial", field);
        },
        // It is of this branch alone, however often that changed it.
        miss: |scratch| {
            add_more(scratch);
            scratch.commit("mine");
            let other = "migrations.AddField(\"order\", \"more\", models.TextField(null=True, max_length=9))";
            scratch.migration("0003_more", "0002_note", other);
        },
        arguments: DIFF,
    },
    Scenario {
        rule: "deleted-migration",
        hit: |scratch| {
            scratch.git(&["rm", "-q", "shop/migrations/0002_note.py"]);
        },
        // A squash replaces what goes.
        miss: |scratch| {
            let create = "migrations.CreateModel(\"Order\", [(\"id\", models.BigAutoField(primary_key=True)), (\"code\", \
                          models.CharField(max_length=20)), (\"note\", models.TextField(default=\"\"))])";
            scratch.migration("0001_squashed_0002_note", "", create);
            let path = scratch.path().join("shop/migrations/0001_squashed_0002_note.py");
            let replaces =
                "    replaces = [(\"shop\", \"0001_initial\"), (\"shop\", \"0002_note\")]\n    operations";
            let squash = fs::read_to_string(&path).unwrap().replace("    operations", replaces);
            fs::write(&path, squash).unwrap();
            scratch.git(&["rm", "-q", "shop/migrations/0001_initial.py", "shop/migrations/0002_note.py"]);
        },
        arguments: DIFF,
    },
    Scenario {
        rule: "collides-with-target",
        hit: |scratch| {
            add_more(scratch);
            scratch.commit("mine");
            scratch.git(&["checkout", "-q", "main"]);
            scratch.migration(
                "0003_theirs",
                "0002_note",
                "migrations.AddField(\"order\", \"theirs\", models.TextField(null=True))",
            );
            scratch.commit("theirs");
            scratch.git(&["checkout", "-q", "branch"]);
        },
        // The target went on, but not with migrations.
        miss: |scratch| {
            add_more(scratch);
            scratch.commit("mine");
            scratch.git(&["checkout", "-q", "main"]);
            scratch.write("shop/views.py", "");
            scratch.commit("theirs");
            scratch.git(&["checkout", "-q", "branch"]);
        },
        arguments: DIFF,
    },
    Scenario {
        rule: "inserted-migration",
        hit: |scratch| {
            let fix = "migrations.AddField(\"order\", \"fix\", models.TextField(null=True))";
            scratch.migration("0001b_fix", "0001_initial", fix);
            let note = "migrations.AddField(\"order\", \"note\", models.TextField(default=\"\"))";
            scratch.migration("0002_note", "0001b_fix", note);
        },
        // It stands above all that is there.
        miss: add_more,
        arguments: DIFF,
    },
    Scenario {
        rule: "inconsistent-history",
        hit: |scratch| scratch.write("applied.json", r#"[{"app": "shop", "name": "0002_note"}]"#),
        // What is not applied yet comes after all that is.
        miss: |scratch| scratch.write("applied.json", r#"[{"app": "shop", "name": "0001_initial"}]"#),
        arguments: APPLIED,
    },
    Scenario { rule: "drop-with-code", hit: drop_note, miss: without_note_on_main, arguments: DIFF },
    Scenario {
        rule: "mixed-change",
        hit: |scratch| {
            add_more(scratch);
            scratch.write("shop/views.py", "");
        },
        // models.py and tests belong to the migration.
        miss: |scratch| {
            add_more(scratch);
            scratch.write("shop/tests/test_more.py", "");
        },
        arguments: DIFF,
    },
    Scenario { rule: "still-referenced", hit: drop_note, miss: without_note_on_main, arguments: DIFF },
];

#[test]
fn every_rule_that_needs_a_base_fires_and_is_silent_where_it_comes_near() {
    let corpus =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus/evidence.toml")).unwrap();
    let mut covered: Vec<String> = toml::from_str::<toml::Table>(&corpus).unwrap().keys().cloned().collect();
    covered.extend(SCENARIOS.iter().map(|scenario| scenario.rule.to_owned()));
    covered.sort();
    let mut all: Vec<&str> = migcheck::rules::RULES.iter().map(|rule| rule.info.name).collect();
    all.sort_unstable();
    assert_eq!(
        covered, all,
        "each rule has its evidence, here or in corpus/evidence.toml, and in one of them alone"
    );
    if !has_git() {
        return;
    }
    for scenario in SCENARIOS {
        for (does, fires) in [(scenario.hit, true), (scenario.miss, false)] {
            let scratch = Scratch::new();
            scratch.branch("branch");
            does(&scratch);
            let said = text(&scratch.check(&[scenario.arguments, &["--format", "concise"]].concat()));
            assert_eq!(said.contains(&format!("[{}]", scenario.rule)), fires, "{}: {said}", scenario.rule);
        }
    }
}

#[test]
fn a_base_that_is_not_there_is_told_with_what_fetches_it() {
    if !has_git() {
        return;
    }
    let scratch = Scratch::new();
    scratch.branch("shallow");
    scratch.write("README", "x");
    scratch.commit("second");
    let said = |folder: &Path, revision: &str| {
        let output = check_in(folder, &[&format!("--diff={revision}")]);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(said(scratch.path(), "origin/nowhere").contains("git fetch origin +refs/heads/nowhere:"));
    assert!(said(scratch.path(), "x;rm -rf").contains("`git fetch --all`"));
    assert!(said(scratch.path(), "--output=x").contains("is no revision"));
    let elsewhere = tempfile::tempdir().unwrap();
    let clone = elsewhere.path().join("clone");
    let url = format!("file://{}", scratch.path().display());
    scratch.git(&["clone", "-q", "--depth", "1", "--no-single-branch", &url, &clone.display().to_string()]);
    let shallow = said(&clone, "origin/main");
    assert!(shallow.contains("git fetch --unshallow"), "{shallow}");
    let bare = tempfile::tempdir().unwrap();
    fs::write(bare.path().join("manage.py"), "").unwrap();
    fs::create_dir_all(bare.path().join("shop/migrations")).unwrap();
    fs::write(bare.path().join("shop/__init__.py"), "").unwrap();
    fs::write(bare.path().join("shop/migrations/__init__.py"), "").unwrap();
    assert!(said(bare.path(), "main").contains("no git repository"));
}

/// `check --diff auto` where the CI sets these variables and no others that name a pull request.
fn auto(folder: &Path, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
    command.args(["check", "--diff", "auto", "--format", "concise", "--django", "5.2"]).current_dir(folder);
    for name in ["VIRTUAL_ENV", "GITHUB_STEP_SUMMARY", "GITHUB_ACTIONS", "GITEA_ACTIONS", "FORGEJO_ACTIONS"] {
        command.env_remove(name);
    }
    command.env_remove("GITLAB_CI").env_remove("BITBUCKET_BUILD_NUMBER");
    command.envs(variables.iter().copied()).output().unwrap()
}

#[test]
fn auto_is_the_target_of_the_pull_request_else_the_branch_of_the_remote_else_head() {
    if !has_git() {
        return;
    }
    let scratch = Scratch::new();
    scratch.branch("work");
    drop_note(&scratch);
    // Nothing is pushed anywhere: what is not committed is new.
    assert!(text(&auto(scratch.path(), &[])).contains("remove-field"));
    scratch.commit("note is dropped");
    assert!(!text(&auto(scratch.path(), &[])).contains("remove-field"));
    // What the remote does not have is new, committed or not.
    scratch.git(&["update-ref", "refs/remotes/origin/main", "main"]);
    assert!(text(&auto(scratch.path(), &[])).contains("remove-field"));
    scratch.git(&["update-ref", "refs/remotes/origin/trunk", "work"]);
    scratch.git(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/trunk"]);
    assert!(!text(&auto(scratch.path(), &[])).contains("remove-field"));
    // A job of a merge request says itself what it is made to, and nothing else is taken instead.
    let job = |branch| [("GITLAB_CI", "true"), ("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", branch)];
    assert!(text(&auto(scratch.path(), &job("main"))).contains("remove-field"));
    let missing = auto(scratch.path(), &job("stable"));
    assert_eq!(missing.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&missing.stderr).contains("git fetch origin +refs/heads/stable"));
    // Before the first commit all is new.
    fs::remove_dir_all(scratch.path().join(".git")).unwrap();
    scratch.git(&["init", "-q"]);
    assert!(text(&auto(scratch.path(), &[])).contains("remove-field"));
}

#[test]
fn partial_clones_and_worktrees_answer_alike() {
    if !has_git() {
        return;
    }
    let scratch = Scratch::new();
    scratch.branch("edited");
    scratch.migration(
        "0002_note",
        "0001_initial",
        "migrations.AddField(\"order\", \"note\", models.TextField(null=True))",
    );
    scratch.write("shop/models.py", &MODELS.replace("default=\"\"", "null=True"));
    scratch.commit("edited");
    let full = scratch.concise();
    assert!(full.contains("edited-migration"));
    let elsewhere = tempfile::tempdir().unwrap();
    let tree = elsewhere.path().join("tree");
    scratch.git(&["worktree", "add", "-q", "--detach", &tree.display().to_string()]);
    assert_eq!(text(&check_in(&tree, &["--diff", "main", "--format", "concise"])), full);
    // Without the blobs of the base nothing is guessed, and nothing is fetched.
    scratch.git(&["config", "uploadpack.allowFilter", "true"]);
    let clone = elsewhere.path().join("clone");
    let url = format!("file://{}", scratch.path().display());
    scratch.git(&["clone", "-q", "--filter=blob:none", &url, &clone.display().to_string()]);
    let output = check_in(&clone, &["--diff", "origin/main", "--format", "concise"]);
    let partial = text(&output);
    assert!(!partial.contains("edited-migration") && partial.contains("could not be decided"), "{partial}");
}

#[test]
fn nothing_that_a_hostile_repository_configures_is_run() {
    if !has_git() {
        return;
    }
    let scratch = Scratch::new();
    scratch.branch("hostile");
    scratch.migration(
        "0003_mine",
        "0002_note",
        "migrations.AddField(\"order\", \"mine\", models.TextField(null=True))",
    );
    scratch.commit("mine");
    let mark: PathBuf = scratch.path().join("ran");
    let touch = format!("touch '{}' #", mark.display());
    let script = scratch.path().join("hook.sh");
    fs::write(&script, format!("#!/bin/sh\n{touch}\n")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let hook = script.display().to_string();
    for (name, value) in [
        ("core.fsmonitor", hook.as_str()),
        ("core.pager", &touch),
        ("core.sshCommand", &touch),
        ("core.askPass", &hook),
        ("diff.external", &hook),
        ("filter.x.clean", &touch),
        ("filter.x.smudge", &touch),
        ("filter.x.process", &hook),
        ("diff.x.textconv", &hook),
        ("diff.x.command", &hook),
        ("credential.helper", &format!("!{touch}")),
        ("core.alternateRefsCommand", &hook),
        ("alias.rev-parse", &format!("!{touch}")),
        ("alias.ls-tree", &format!("!{touch}")),
        ("alias.cat-file", &format!("!{touch}")),
        ("pager.rev-parse", &touch),
        ("pager.ls-tree", &touch),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", &format!("ext::sh -c {touch}")),
        ("remote.origin.uploadpack", &touch),
    ] {
        scratch.git(&["config", name, value]);
    }
    fs::write(scratch.path().join(".git/info/attributes"), "* filter=x diff=x\n").unwrap();
    // A blob that is gone is what a partial clone would fetch.
    let blob = scratch.git(&["rev-parse", "main:shop/migrations/0002_note.py"]);
    let blob = blob.trim();
    fs::remove_file(scratch.path().join(".git/objects").join(&blob[..2]).join(&blob[2..])).unwrap();
    scratch.migration("0002_note", "0001_initial", "migrations.RunSQL(\"SELECT 1\")");
    let _ = fs::remove_file(&mark);
    let report = scratch.concise();
    assert!(!mark.exists(), "something was run");
    assert!(report.contains("could not be decided"), "{report}");
}

/// The same by configuration that is included, and by the environment that git would listen to.
#[cfg(unix)]
#[test]
fn nothing_that_the_environment_or_an_included_file_names_is_run() {
    use std::os::unix::fs::PermissionsExt as _;
    if !has_git() {
        return;
    }
    let scratch = Scratch::new();
    scratch.branch("hostile");
    scratch.migration(
        "0003_mine",
        "0002_note",
        "migrations.AddField(\"order\", \"mine\", models.TextField(null=True))",
    );
    scratch.commit("mine");
    let mark = scratch.path().join("ran");
    let script = scratch.path().join("hook.sh");
    fs::write(&script, format!("#!/bin/sh\ntouch '{}'\n", mark.display())).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let hook = script.display().to_string();
    let included = format!(
        "[core]\n\tfsmonitor = {hook}\n\tsshCommand = {hook}\n\tpager = {hook}\n\thooksPath = {0}\n[diff]\n\texternal = \
         {hook}\n[alias]\n\trev-parse = !{hook}\n\tcat-file = !{hook}\n[remote \"origin\"]\n\turl = ext::{hook}\n\tpromisor \
         = true\n\tuploadpack = {hook}\n[extensions]\n\tpartialClone = origin\n",
        scratch.path().display()
    );
    fs::write(scratch.path().join(".git/evil"), &included).unwrap();
    fs::write(scratch.path().join("gitconfig"), &included).unwrap();
    scratch.git(&["config", "include.path", "evil"]);
    scratch.git(&["config", "includeIf.gitdir:**.path", "evil"]);
    scratch.git(&["config", "includeIf.onbranch:**.path", "evil"]);
    for name in ["post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"] {
        fs::copy(&script, scratch.path().join(".git/hooks").join(name)).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
    command.args(["check", "--django", "5.2", "--diff", "main", "--format", "concise"]);
    command.current_dir(scratch.path()).env_remove("VIRTUAL_ENV").env_remove("GITHUB_STEP_SUMMARY");
    for (name, value) in [
        ("GIT_EXTERNAL_DIFF", hook.as_str()),
        ("GIT_SSH_COMMAND", &hook),
        ("GIT_SSH", &hook),
        ("GIT_PAGER", &hook),
        ("GIT_ASKPASS", &hook),
        ("GIT_EDITOR", &hook),
        ("GIT_PROXY_COMMAND", &hook),
        ("GIT_CONFIG_COUNT", "1"),
        ("GIT_CONFIG_KEY_0", "core.fsmonitor"),
        ("GIT_CONFIG_VALUE_0", &hook),
        ("GIT_CONFIG_PARAMETERS", "'alias.ls-tree=!false'"),
        ("GIT_CONFIG_GLOBAL", "gitconfig"),
        ("GIT_CONFIG_SYSTEM", "gitconfig"),
        ("GIT_DIR", "/nowhere"),
        ("GIT_WORK_TREE", "/nowhere"),
        ("GIT_INDEX_FILE", "/nowhere"),
        ("GIT_EXEC_PATH", "/nowhere"),
        ("GIT_TEMPLATE_DIR", "/nowhere"),
        ("GIT_TRACE", "/nowhere"),
        ("HOME", "."),
        ("XDG_CONFIG_HOME", "."),
        ("PAGER", &hook),
        ("EDITOR", &hook),
    ] {
        command.env(name, value);
    }
    let report = text(&command.output().unwrap());
    assert!(!mark.exists(), "something was run");
    assert!(report.contains("in 1 migration"), "{report}");
}
