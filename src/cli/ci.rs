//! Which pull request a CI's job is for: its own variables and event file.

use std::path::PathBuf;

use anyhow::Context as _;
use serde_json::Value;

use crate::forge::{Kind, PullRequest};

/// The event file may not be bigger: GitHub's bound on a webhook's payload.
const LARGEST_EVENT: u64 = 25 << 20;

/// What a job knows of itself.
#[derive(Debug, Clone, Default)]
pub(super) struct Job {
    /// The forge.
    pub kind: Option<Kind>,
    /// Its API's address.
    pub api: Option<String>,
    /// The repository that the pull request is made to.
    pub repository: Option<String>,
    /// The pull request's number.
    pub number: Option<u64>,
    /// The branch that it is made to, as a revision.
    pub base: Option<String>,
    /// For a job that runs after another one (`workflow_run`): the branch that the pull request comes
    /// from, `owner:branch`, and its commit.
    pub head: Option<(String, String)>,
}

/// The environment, or a test's.
pub(super) type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A variable of the environment that is set to something.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Job {
    /// Of the CI that these variables are of.
    ///
    /// # Errors
    /// GitHub's event file cannot be read.
    pub(super) fn of(var: Variables<'_>) -> anyhow::Result<Self> {
        if var("GITLAB_CI").is_some() {
            return Ok(Self::gitlab(var));
        }
        if var("BITBUCKET_BUILD_NUMBER").is_some() {
            return Ok(Self::bitbucket(var));
        }
        if var("GITHUB_ACTIONS").is_some()
            || var("GITEA_ACTIONS").is_some()
            || var("FORGEJO_ACTIONS").is_some()
        {
            return Self::actions(var);
        }
        Ok(Self::default())
    }

    /// <https://docs.github.com/actions/reference/workflows-and-actions/variables>; Gitea and Forgejo
    /// have the same.
    fn actions(var: Variables<'_>) -> anyhow::Result<Self> {
        let gitea = var("GITEA_ACTIONS").is_some() || var("FORGEJO_ACTIONS").is_some();
        let api = var("GITHUB_API_URL").or_else(|| {
            let server = var("GITHUB_SERVER_URL")?;
            gitea.then(|| format!("{}/api/v1", server.trim_end_matches('/')))
        });
        let event = event(var)?;
        let number = |path: &str| event.pointer(path).and_then(Value::as_u64);
        let text = |path: &str| event.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let by_ref = || {
            let name = var("GITHUB_REF")?;
            name.strip_prefix("refs/pull/")?.split('/').next()?.parse().ok()
        };
        // A comment's event is a pull request's if it says so.
        let commented = event.pointer("/issue/pull_request").and_then(|_| number("/issue/number"));
        let head = (|| {
            let owner = text("/workflow_run/head_repository/owner/login")?;
            let branch = text("/workflow_run/head_branch")?;
            Some((format!("{owner}:{branch}"), text("/workflow_run/head_sha")?))
        })();
        let base = var("GITHUB_BASE_REF").or_else(|| text("/pull_request/base/ref"));
        Ok(Self {
            kind: Some(if gitea { Kind::Gitea } else { Kind::GitHub }),
            api: api.or_else(|| (!gitea).then(|| "https://api.github.com".to_owned())),
            repository: var("GITHUB_REPOSITORY"),
            number: number("/pull_request/number")
                .or(commented)
                .or_else(by_ref)
                .or_else(|| number("/workflow_run/pull_requests/0/number")),
            base: base.map(|branch| format!("origin/{branch}")),
            head,
        })
    }

    /// <https://docs.gitlab.com/ci/variables/predefined_variables/>
    fn gitlab(var: Variables<'_>) -> Self {
        let branch = var("CI_MERGE_REQUEST_TARGET_BRANCH_NAME").map(|branch| format!("origin/{branch}"));
        Self {
            kind: Some(Kind::GitLab),
            api: var("CI_API_V4_URL"),
            repository: var("CI_MERGE_REQUEST_PROJECT_ID").or_else(|| var("CI_PROJECT_ID")),
            number: var("CI_MERGE_REQUEST_IID").and_then(|number| number.parse().ok()),
            base: branch,
            head: None,
        }
    }

    /// <https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/>
    fn bitbucket(var: Variables<'_>) -> Self {
        Self {
            kind: Some(Kind::Bitbucket),
            api: Some("https://api.bitbucket.org/2.0".to_owned()),
            repository: var("BITBUCKET_REPO_FULL_NAME"),
            number: var("BITBUCKET_PR_ID").and_then(|number| number.parse().ok()),
            base: var("BITBUCKET_PR_DESTINATION_BRANCH").map(|branch| format!("origin/{branch}")),
            head: None,
        }
    }

    /// The names of the variables that may hold the token, the first that is set counts.
    pub(super) fn token(kind: Kind, var: Variables<'_>) -> Option<String> {
        let names: &[&str] = match kind {
            Kind::GitHub => &["MIGCHECK_TOKEN", "GITHUB_TOKEN", "GH_TOKEN"],
            Kind::GitLab => &["MIGCHECK_TOKEN", "GITLAB_TOKEN"],
            Kind::Gitea => &["MIGCHECK_TOKEN", "GITEA_TOKEN", "FORGEJO_TOKEN", "GITHUB_TOKEN"],
            Kind::Bitbucket => &["MIGCHECK_TOKEN", "BITBUCKET_TOKEN"],
        };
        names.iter().find_map(|name| var(name))
    }
}

fn event(var: Variables<'_>) -> anyhow::Result<Value> {
    let Some(path) = var("GITHUB_EVENT_PATH").map(PathBuf::from) else { return Ok(Value::Null) };
    let shown = || format!("the event file {}", path.display());
    let size = std::fs::metadata(&path).with_context(shown)?.len();
    anyhow::ensure!(size <= LARGEST_EVENT, "the event file {} is too big", path.display());
    let text = std::fs::read_to_string(&path).with_context(shown)?;
    serde_json::from_str(&text).with_context(shown)
}

/// The pull request, from the command line where it says so, else from the job.
///
/// # Errors
/// Something of it is not known, or is not what it should be.
pub(super) fn pull_request(
    kind: Kind,
    api: Option<String>,
    repository: Option<String>,
    number: Option<u64>,
) -> anyhow::Result<PullRequest> {
    let api = api.context("the API's address is not known: name it with --api-url")?;
    let repository = repository.context("the repository is not known: name it with --repository")?;
    let plain =
        |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    let parts: Vec<&str> = repository.split('/').collect();
    let enough = parts.len() == 2 || kind == Kind::GitLab;
    anyhow::ensure!(
        enough && parts.iter().all(|part| plain(part) && *part != ".." && *part != "."),
        "`{}` is no repository: write `owner/name`",
        crate::report::printable(&repository)
    );
    let number = number
        .context("the pull request's number is not known: this job runs for none; name it with --number")?;
    Ok(PullRequest { kind, api: api.trim_end_matches('/').to_owned(), repository, number })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(set: &[(&str, &str)]) -> Job {
        let var =
            |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Job::of(&var).unwrap()
    }

    #[test]
    fn each_ci_says_which_pull_request_it_is() {
        let github = job(&[
            ("GITHUB_ACTIONS", "true"),
            ("GITHUB_API_URL", "https://ghe.example/api/v3"),
            ("GITHUB_REPOSITORY", "a/b"),
            ("GITHUB_REF", "refs/pull/12/merge"),
            ("GITHUB_BASE_REF", "main"),
        ]);
        assert_eq!((github.kind, github.number), (Some(Kind::GitHub), Some(12)));
        assert_eq!(github.base.as_deref(), Some("origin/main"));
        let forgejo = job(&[
            ("GITHUB_ACTIONS", "true"),
            ("FORGEJO_ACTIONS", "true"),
            ("GITHUB_SERVER_URL", "https://code.example/"),
        ]);
        assert_eq!(
            (forgejo.kind, forgejo.api.as_deref()),
            (Some(Kind::Gitea), Some("https://code.example/api/v1"))
        );
        let gitlab = job(&[
            ("GITLAB_CI", "true"),
            ("CI_API_V4_URL", "https://gl.example/api/v4"),
            ("CI_PROJECT_ID", "5"),
            ("CI_MERGE_REQUEST_IID", "3"),
        ]);
        assert_eq!((gitlab.repository.as_deref(), gitlab.number), (Some("5"), Some(3)));
        let bitbucket = job(&[("BITBUCKET_BUILD_NUMBER", "1"), ("BITBUCKET_PR_ID", "9")]);
        assert_eq!((bitbucket.kind, bitbucket.number), (Some(Kind::Bitbucket), Some(9)));
        assert_eq!(job(&[]).kind, None);
    }

    #[test]
    fn what_could_lead_elsewhere_is_no_repository() {
        let api = || Some("https://x".to_owned());
        for hostile in ["a/../b", "a/b?x=1", "a", "a/b/c", "a/b#", "", "../.."] {
            assert!(pull_request(Kind::GitHub, api(), Some(hostile.into()), Some(1)).is_err(), "{hostile}");
        }
        assert!(pull_request(Kind::GitLab, api(), Some("g/sub/p".into()), Some(1)).is_ok());
        assert!(pull_request(Kind::GitLab, api(), Some("77".into()), Some(1)).is_ok());
    }
}
