//! `migcheck comment` against a server that keeps comments as each forge's API does, and that holds
//! every request against the API's documentation.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

const TOKEN: &str = "s3cret-t0ken";

#[derive(Clone, Copy, PartialEq)]
enum Forge {
    GitHub,
    GitLab,
    Gitea,
    Bitbucket,
}

/// `(status, headers, body)` to answer with before anything else.
type Canned = (u16, Vec<(&'static str, String)>, String);

#[derive(Default)]
struct State {
    comments: Vec<Value>,
    log: Vec<String>,
    first: Vec<Canned>,
    pulls: Value,
}

struct Server {
    forge: Forge,
    address: String,
    state: Arc<Mutex<State>>,
    folder: tempfile::TempDir,
}

struct Asked {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: Value,
}

impl Asked {
    fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let mut words = line.split_whitespace();
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let (path, query) = (path.to_owned(), query.to_owned());
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            headers.push((name.to_lowercase(), value.to_owned()));
        }
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let body = if body.is_empty() { Value::Null } else { serde_json::from_slice(&body).unwrap() };
        Some(Self { method, path, query, headers, body })
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Server {
    fn start(forge: Forge) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Mutex::new(State::default()));
        let shared = state.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(asked) = Asked::read(&stream) else { continue };
                let (status, headers, body) = shared.lock().unwrap().answer(forge, &asked);
                let mut head =
                    format!("HTTP/1.1 {status} X\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
                for (name, value) in headers {
                    head.push_str(&format!("{name}: {value}\r\n"));
                }
                let mut stream = stream;
                let _ = stream.write_all(format!("{head}\r\n{body}").as_bytes());
            }
        });
        Self { forge, address, state, folder: tempfile::tempdir().unwrap() }
    }

    fn name(&self) -> &'static str {
        match self.forge {
            Forge::GitHub => "github",
            Forge::GitLab => "gitlab",
            Forge::Gitea => "gitea",
            Forge::Bitbucket => "bitbucket",
        }
    }

    fn report(&self, findings: &Value) -> String {
        let path = self.folder.path().join("report.json");
        let summary = json!({"error": findings.as_array().unwrap().len(), "migrations": 1});
        fs::write(&path, json!({"findings": findings, "undecided": [], "summary": summary}).to_string())
            .unwrap();
        path.display().to_string()
    }

    fn run(&self, report: &str, more: &[&str]) -> Output {
        let repository = if self.forge == Forge::GitLab { "42" } else { "me/shop" };
        let mut command = comment(self.folder.path());
        command.args(["--report", report, "--forge", self.name(), "--api-url", &self.address]);
        command.args(["--repository", repository, "--number", "7"]).args(more).env("MIGCHECK_TOKEN", TOKEN);
        command.output().unwrap()
    }

    fn say(&self, report: &str) -> String {
        let output = self.run(report, &[]);
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        err(&output)
    }

    fn bodies(&self) -> Vec<String> {
        let state = self.state.lock().unwrap();
        let text = |comment: &Value| match self.forge {
            Forge::Bitbucket => comment["content"]["raw"].as_str().unwrap().to_owned(),
            _ => comment["body"].as_str().unwrap().to_owned(),
        };
        state.comments.iter().map(text).collect()
    }

    fn log(&self) -> Vec<String> {
        self.state.lock().unwrap().log.clone()
    }
}

fn comment(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_migcheck"));
    command.arg("comment").current_dir(folder);
    for (name, _) in std::env::vars() {
        if ["GITHUB_", "CI_", "GITLAB_", "GITEA_", "BITBUCKET_", "FORGEJO_"]
            .iter()
            .any(|it| name.starts_with(it))
        {
            command.env_remove(name);
        }
    }
    command
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

impl State {
    fn answer(&mut self, forge: Forge, asked: &Asked) -> Canned {
        self.log.push(format!("{} {}", asked.method, asked.path));
        self.check_headers(forge, asked);
        if !self.first.is_empty() {
            return self.first.remove(0);
        }
        let ok = |status: u16, body: Value| {
            (status, vec![("Content-Type", "application/json".to_owned())], body.to_string())
        };
        let (comments, one) = match forge {
            Forge::GitHub | Forge::Gitea => {
                ("/repos/me/shop/issues/7/comments", "/repos/me/shop/issues/comments/")
            }
            Forge::GitLab => ("/projects/42/merge_requests/7/notes", "/projects/42/merge_requests/7/notes/"),
            Forge::Bitbucket => (
                "/repositories/me/shop/pullrequests/7/comments",
                "/repositories/me/shop/pullrequests/7/comments/",
            ),
        };
        if asked.path == "/user" {
            return match forge {
                // A workflow's token may not ask.
                Forge::GitHub => ok(403, json!({"message": "Resource not accessible by integration"})),
                Forge::GitLab => ok(200, json!({"username": "bot"})),
                Forge::Gitea => ok(200, json!({"login": "bot"})),
                Forge::Bitbucket => ok(200, json!({"uuid": "{bot}"})),
            };
        }
        if asked.path == "/repos/me/shop/pulls" {
            return ok(200, self.pulls.clone());
        }
        if asked.path == comments {
            return match asked.method.as_str() {
                "GET" => ok(200, self.page(forge, &asked.query)),
                "POST" => {
                    let id = self.comments.len() + 1;
                    self.comments.push(made(forge, id, text_of(forge, &asked.body), true));
                    ok(201, json!({"id": id}))
                }
                other => panic!("{other} {comments}"),
            };
        }
        let id: usize = asked
            .path
            .strip_prefix(one)
            .and_then(|id| id.parse().ok())
            .unwrap_or_else(|| panic!("{}", asked.path));
        let index = self.comments.iter().position(|comment| comment["id"] == json!(id)).unwrap();
        let update = if matches!(forge, Forge::GitHub | Forge::Gitea) { "PATCH" } else { "PUT" };
        if asked.method == "DELETE" {
            self.comments.remove(index);
            return (204, vec![], String::new());
        }
        assert_eq!(asked.method, update);
        self.comments[index] = made(forge, id, text_of(forge, &asked.body), true);
        ok(200, json!({"id": id}))
    }

    fn check_headers(&self, forge: Forge, asked: &Asked) {
        let (name, value) = match forge {
            Forge::GitHub | Forge::Bitbucket => ("authorization", format!("Bearer {TOKEN}")),
            Forge::GitLab => ("private-token", TOKEN.to_owned()),
            Forge::Gitea => ("authorization", format!("token {TOKEN}")),
        };
        assert_eq!(asked.header(name), Some(value.as_str()));
        assert!(asked.header("user-agent").unwrap().starts_with("migcheck/"));
        if forge == Forge::GitHub {
            assert_eq!(asked.header("accept"), Some("application/vnd.github+json"));
            assert_eq!(asked.header("x-github-api-version"), Some("2022-11-28"));
        }
        if !asked.body.is_null() {
            assert_eq!(asked.header("content-type"), Some("application/json"));
        }
    }

    fn page(&self, forge: Forge, query: &str) -> Value {
        let parameter = |name: &str| {
            query
                .split('&')
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')?.parse::<usize>().ok())
        };
        let size = parameter(if forge == Forge::Bitbucket { "pagelen" } else { "per_page" });
        let (size, page) = match forge {
            Forge::Gitea => (usize::MAX, 1),
            _ => (size.unwrap(), parameter("page").unwrap()),
        };
        assert!(forge == Forge::Gitea || size <= 100);
        let all: Vec<&Value> =
            self.comments.iter().skip((page - 1).saturating_mul(size)).take(size).collect();
        match forge {
            Forge::Bitbucket if self.comments.len() > page * size => json!({"values": all, "next": "more"}),
            Forge::Bitbucket => json!({"values": all}),
            _ => json!(all),
        }
    }
}

fn text_of(forge: Forge, body: &Value) -> &str {
    let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
    if forge == Forge::Bitbucket {
        assert_eq!(keys, ["content"]);
        return body["content"]["raw"].as_str().unwrap();
    }
    assert_eq!(keys, ["body"]);
    body["body"].as_str().unwrap()
}

fn made(forge: Forge, id: usize, text: &str, ours: bool) -> Value {
    let who = if ours { "bot" } else { "mallory" };
    match forge {
        Forge::GitHub | Forge::Gitea => {
            json!({"id": id, "body": text, "user": {"login": who, "type": if ours { "Bot" } else { "User" }}})
        }
        Forge::GitLab => json!({"id": id, "body": text, "system": false, "author": {"username": who}}),
        Forge::Bitbucket => {
            json!({"id": id, "content": {"raw": text}, "deleted": false, "user": {"uuid": format!("{{{who}}}"), "type": "user"}})
        }
    }
}

fn finding(message: &str) -> Value {
    json!([{"rule": "remove-field", "severity": "error", "message": message, "help": null, "app": "shop",
        "migration": "0002_x", "path": "shop/migrations/0002_x.py", "range": {"start": {"line": 3, "column": 1}}}])
}

#[test]
fn made_once_then_kept_up_to_date_then_resolved() {
    for forge in [Forge::GitHub, Forge::GitLab, Forge::Gitea, Forge::Bitbucket] {
        let server = Server::start(forge);
        let clean = server.report(&json!([]));
        assert!(server.say(&clean).contains("nothing to say"));
        let first = server.report(&finding("the first"));
        assert!(server.say(&first).contains("made"));
        assert!(server.say(&first).contains("is up to date"));
        let second = server.report(&finding("the second"));
        assert!(server.say(&second).contains("updated"));
        let bodies = server.bodies();
        assert_eq!(bodies.len(), 1, "{}", server.name());
        assert!(bodies[0].contains("the second") && bodies[0].contains("migcheck report"), "{}", bodies[0]);
        let clean = server.report(&json!([]));
        assert!(server.say(&clean).contains("updated"));
        assert!(server.bodies()[0].contains("✅"));
        let gone = server.run(&clean, &["--when-clean", "delete"]);
        assert!(err(&gone).contains("taken away"), "{}", err(&gone));
        assert!(server.bodies().is_empty());
    }
}

#[test]
fn the_mark_of_somebody_else_is_not_ours_and_ours_is_found_on_later_pages() {
    for forge in [Forge::GitHub, Forge::GitLab, Forge::Bitbucket] {
        let server = Server::start(forge);
        let report = server.report(&finding("ours"));
        let mark =
            if forge == Forge::Bitbucket { "[//]: # (migcheck report)" } else { "<!-- migcheck report -->" };
        {
            let mut state = server.state.lock().unwrap();
            let foreign = (1..=150).map(|id| made(forge, id, &format!("{mark}\nforged"), false));
            state.comments = foreign.collect();
        }
        assert!(server.say(&report).contains("made"));
        assert!(server.say(&server.report(&finding("again"))).contains("updated"));
        let bodies = server.bodies();
        assert_eq!(bodies.len(), 151);
        assert!(bodies[..150].iter().all(|body| body.ends_with("forged")));
    }
}

#[test]
fn a_limit_is_waited_for_and_a_refusal_told_without_the_token() {
    let server = Server::start(Forge::GitHub);
    let report = server.report(&finding("x"));
    server.state.lock().unwrap().first = vec![
        (429, vec![("Retry-After", "0".into())], "{}".into()),
        (403, vec![("x-ratelimit-remaining", "0".into()), ("x-ratelimit-reset", "1".into())], "{}".into()),
        (502, vec![], "<html>".into()),
    ];
    assert!(server.say(&report).contains("made"));
    assert_eq!(server.log().iter().filter(|line| line.starts_with("GET /repos")).count(), 4);
    server.state.lock().unwrap().first =
        vec![(401, vec![], json!({"message": format!("bad {TOKEN}\u{1b}[31m")}).to_string())];
    let output = server.run(&report, &[]);
    assert_eq!(output.status.code(), Some(2));
    let said = format!("{}{}", err(&output), String::from_utf8_lossy(&output.stdout));
    assert!(said.contains("401: bad ***") && said.contains("the token is not valid"), "{said}");
    assert!(!said.contains(TOKEN) && !said.contains('\u{1b}'), "{said}");
}

#[test]
fn the_token_goes_nowhere_else() {
    let server = Server::start(Forge::GitHub);
    let report = server.report(&finding("x"));
    let other = Server::start(Forge::GitHub);
    server.state.lock().unwrap().first =
        vec![(302, vec![("Location", format!("{}/x", other.address))], String::new())];
    let output = server.run(&report, &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("302"), "{}", err(&output));
    assert!(other.log().is_empty());
    for address in ["http://forge.example/api", "ftp://x", "https://user@x/api", "x"] {
        let mut command = comment(server.folder.path());
        command.args(["--report", &report, "--forge", "github", "--repository", "me/shop", "--number", "7"]);
        let output = command.args(["--api-url", address]).env("MIGCHECK_TOKEN", TOKEN).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{address}");
        assert!(!err(&output).contains(TOKEN));
    }
}

#[test]
fn the_ci_says_where_and_a_run_after_a_fork_is_found_by_its_branch() {
    let server = Server::start(Forge::GitHub);
    let report = server.report(&finding("x"));
    let event = server.folder.path().join("event.json");
    let run = |event_text: Value| {
        fs::write(&event, event_text.to_string()).unwrap();
        let mut command = comment(server.folder.path());
        command.args(["--report", &report]).env("GITHUB_ACTIONS", "true").env("GITHUB_TOKEN", TOKEN);
        command.env("GITHUB_API_URL", &server.address).env("GITHUB_REPOSITORY", "me/shop");
        command.env("GITHUB_EVENT_PATH", &event).output().unwrap()
    };
    let output = run(json!({"pull_request": {"number": 7, "base": {"ref": "main"}}}));
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    let fork = json!({"workflow_run": {"head_branch": "a&b", "head_sha": "abc", "pull_requests": [],
        "head_repository": {"owner": {"login": "fork"}}}});
    server.state.lock().unwrap().pulls =
        json!([{"number": 5, "head": {"sha": "old"}}, {"number": 7, "head": {"sha": "abc"}}]);
    let output = run(fork.clone());
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(err(&output).contains("#7"));
    server.state.lock().unwrap().pulls = json!([{"number": 7, "head": {"sha": "pushed since"}}]);
    assert!(err(&run(fork)).contains("pushed to since"));
}

#[test]
fn a_dry_run_sends_nothing_and_a_hostile_report_stays_text() {
    let server = Server::start(Forge::GitHub);
    let hostile = "x </details><img src=x> @everyone [a](http://evil.example) `b` | c\n\n# h";
    let report = json!([{"rule": "evil\n# x", "severity": "error", "message": hostile, "help": hostile, "app": hostile,
        "migration": hostile, "path": hostile, "table": hostile, "range": {}, "lock": {"mode": hostile, "blocks": hostile}}]);
    let output = server.run(&server.report(&report), &["--dry-run"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(server.log().is_empty());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("<!-- migcheck report -->\n"), "{text}");
    let code = regex::Regex::new("`[^`]*`").unwrap();
    let prose = code.replace_all(&text, "");
    assert!(!prose.contains("<img") && !prose.contains("@everyone") && !prose.contains("](http"), "{text}");
    assert!(!text.lines().any(|line| line.starts_with("# ")), "{text}");
    let output = server.run(&server.report(&json!([])), &["--report", "/nowhere.json"]);
    assert_eq!(output.status.code(), Some(2));
}
