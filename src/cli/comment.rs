//! `migcheck comment`: the report, as one comment on the pull request.

use std::fmt::Write as _;

use anyhow::Context as _;

use super::arguments::{CommentArguments, WhenClean};
use super::ci::{self, Job};
use super::{CLEAN, Output, check, inputs, output};
use crate::forge::http::Http;
use crate::forge::{Done, Kind, PullRequest, Request, Transport, Wish, stick};
use crate::report::{Report, artefact, markdown};

/// Makes, updates or resolves the comment.
///
/// # Errors
/// The report cannot be made or read, it is not known where it belongs, or the forge refuses it.
pub fn run(args: &CommentArguments) -> anyhow::Result<u8> {
    let job = Job::of(&ci::variable)?;
    let named =
        match &args.forge {
            Some(name) => Some(Kind::named(name).with_context(|| {
                format!("`{name}` is no forge: github, gitlab, gitea, forgejo, bitbucket")
            })?),
            None => None,
        };
    let kind = named.or(job.kind).context("no CI is known here: name the forge with --forge")?;
    let report = report(args, &job)?;
    let body = kind.markdown(&markdown::render_within(&report, kind.longest()));
    let wish = wish(&report, body, args.when_clean);
    let mark = kind.mark(&args.name);
    let api = args.api_url.clone().or_else(|| job.api.clone().filter(|_| job.kind == Some(kind)));
    let repository = args.repository.clone().or_else(|| job.repository.clone());
    if args.dry_run {
        return dry_run(&mark, &wish, args.number.or(job.number), repository.as_deref(), args);
    }
    let token = Job::token(kind, &ci::variable)
        .context("no token: set MIGCHECK_TOKEN (or the forge's own variable) in the job's environment")?;
    let number = match (args.number, job.number, &job.head) {
        (None, None, Some((head, commit))) => {
            let any = ci::pull_request(kind, api.clone(), repository.clone(), Some(0))?;
            Some(of_branch(&client(&any, &token)?, &any, head, commit)?)
        }
        (asked, known, _) => asked.or(known),
    };
    let request = ci::pull_request(kind, api, repository, number)?;
    let done = stick(&client(&request, &token)?, &request, &mark, &wish)?;
    if !args.check.project.quiet {
        output::say(&said(done, &request));
    }
    Ok(CLEAN)
}

/// Certificates of a private authority, as OpenSSL's programs are told of them.
fn client(request: &PullRequest, token: &str) -> anyhow::Result<Http> {
    let roots = match ci::variable("SSL_CERT_FILE") {
        Some(path) => Some(std::fs::read(&path).with_context(|| format!("SSL_CERT_FILE {path}"))?),
        None => None,
    };
    Ok(Http::new(request, token, roots.as_deref())?)
}

/// The report: of another job, or made here against the pull request's base.
fn report(args: &CommentArguments, job: &Job) -> anyhow::Result<Report> {
    if let Some(path) = &args.report {
        let shown = || format!("report {}", path.display());
        let text = super::named_file::text(path, artefact::LARGEST as u64).with_context(shown)?;
        return artefact::read(&text, &check::rule_texts()).with_context(shown);
    }
    let mut check = args.check.clone();
    check.diff = check.diff.or_else(|| job.base.clone());
    let (report, _) = check::checked(&check, &inputs::inputs)?;
    Ok(report)
}

fn wish(report: &Report, body: String, when_clean: WhenClean) -> Wish {
    let summary = report.summary();
    if summary.error + summary.warning + summary.info > 0 {
        return Wish::Text(body);
    }
    match when_clean {
        WhenClean::Always => Wish::Text(body),
        WhenClean::Update => Wish::Resolved(body),
        WhenClean::Delete => Wish::Gone,
    }
}

fn dry_run(
    mark: &str,
    wish: &Wish,
    number: Option<u64>,
    repository: Option<&str>,
    args: &CommentArguments,
) -> anyhow::Result<u8> {
    let number = number.map_or_else(|| "?".to_owned(), |number| number.to_string());
    let place = crate::report::printable(repository.unwrap_or("?")).into_owned();
    let (what, body) = match wish {
        Wish::Text(body) => ("made or updated", body.as_str()),
        Wish::Resolved(body) => ("updated where there is one", body.as_str()),
        Wish::Gone => ("taken away", ""),
    };
    if !args.check.project.quiet {
        output::say(&format!("the comment on {place} #{number} would be {what}"));
    }
    let text = if body.is_empty() { String::new() } else { format!("{mark}\n{body}") };
    Output::new(args.check.project.color).answer(&text)?;
    Ok(CLEAN)
}

fn said(done: Done, request: &PullRequest) -> String {
    let place = format!("{} #{}", request.repository, request.number);
    match done {
        Done::Created(id) => format!("comment {id} on {place} made"),
        Done::Updated(id) => format!("comment {id} on {place} updated"),
        Done::Unchanged(id) => format!("comment {id} on {place} is up to date"),
        Done::Deleted(id) => format!("comment {id} on {place} taken away"),
        Done::Nothing => format!("nothing to say on {place}"),
    }
}

/// The open pull request that comes from a branch, its commit still the one that was looked at: the
/// event of a job that runs after another one names none for a fork, and what the other job left
/// behind is not to be trusted with it.
fn of_branch(forge: &Http, request: &PullRequest, head: &str, commit: &str) -> anyhow::Result<u64> {
    let mut encoded = String::new();
    for byte in head.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    let path = format!("/repos/{}/pulls?state=open&head={encoded}", request.repository);
    let answer = forge.send(&Request::get(path))?;
    let open = answer.as_array().into_iter().flatten();
    let mut same =
        open.filter(|pull| pull.pointer("/head/sha").and_then(serde_json::Value::as_str) == Some(commit));
    let number = same.next().and_then(|pull| pull.get("number")?.as_u64());
    number.context("no open pull request has the commit that was checked; it may have been pushed to since")
}
