//! What each forge's API wants.

use serde_json::{Value, json};

use super::{PullRequest, Request};

/// Whose API it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// <https://docs.github.com/rest/issues/comments>
    GitHub,
    /// <https://docs.gitlab.com/api/notes/#merge-requests>
    GitLab,
    /// <https://docs.gitea.com/api/#tag/issue>, Forgejo's too.
    Gitea,
    /// <https://developer.atlassian.com/cloud/bitbucket/rest/api-group-pullrequests/>
    Bitbucket,
}

/// A comment, as far as it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its id.
    pub id: u64,
    /// Its text.
    pub body: String,
    /// Who wrote it.
    pub author: Option<String>,
    /// Whether that is a program.
    pub by_program: bool,
}

/// Comments that a page holds; Gitea has one page alone.
pub(super) const PAGE: usize = 100;

impl Kind {
    /// By the name of the command line.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "github" => Some(Self::GitHub),
            "gitlab" => Some(Self::GitLab),
            "gitea" | "forgejo" => Some(Self::Gitea),
            "bitbucket" => Some(Self::Bitbucket),
            _ => None,
        }
    }

    /// Most characters of a comment.
    pub fn longest(self) -> usize {
        match self {
            // The column of Gitea is LONGTEXT; GitLab takes a million characters.
            Self::GitHub | Self::GitLab | Self::Gitea => 65_000,
            Self::Bitbucket => 32_000,
        }
    }

    /// The header that carries the token.
    pub fn authorization(self, token: &str) -> (&'static str, String) {
        match self {
            Self::GitHub | Self::Bitbucket => ("Authorization", format!("Bearer {token}")),
            Self::GitLab => ("PRIVATE-TOKEN", token.to_owned()),
            Self::Gitea => ("Authorization", format!("token {token}")),
        }
    }

    /// What the API wants to be told it accepts.
    pub fn accept(self) -> &'static str {
        match self {
            Self::GitHub => "application/vnd.github+json",
            _ => "application/json",
        }
    }

    /// The line that marks our comment: unseen where Markdown is drawn.
    pub fn mark(self, name: &str) -> String {
        match self {
            Self::Bitbucket => format!("[//]: # (migcheck {name})"),
            _ => format!("<!-- migcheck {name} -->"),
        }
    }

    /// Markdown as the forge draws it. Bitbucket draws no HTML.
    pub fn markdown(self, markdown: &str) -> String {
        if self != Self::Bitbucket {
            return markdown.to_owned();
        }
        markdown
            .replace("<details><summary>", "**")
            .replace("</summary>", "**")
            .replace("</details>", "")
            .replace("<br>", ", ")
            .replace("<sub>", "")
            .replace("</sub>", "")
    }
}

impl PullRequest {
    fn comments_path(&self) -> String {
        let (repository, number) = (&self.repository, self.number);
        match self.kind {
            Kind::GitHub | Kind::Gitea => format!("/repos/{repository}/issues/{number}/comments"),
            Kind::GitLab => {
                format!("/projects/{}/merge_requests/{number}/notes", repository.replace('/', "%2F"))
            }
            Kind::Bitbucket => format!("/repositories/{repository}/pullrequests/{number}/comments"),
        }
    }

    fn comment_path(&self, id: u64) -> String {
        match self.kind {
            Kind::GitHub | Kind::Gitea => format!("/repos/{}/issues/comments/{id}", self.repository),
            Kind::GitLab | Kind::Bitbucket => format!("{}/{id}", self.comments_path()),
        }
    }

    /// Asks for a page of comments, from 1.
    pub(super) fn list(&self, page: usize) -> Request {
        let path = self.comments_path();
        Request::get(match self.kind {
            Kind::GitHub => format!("{path}?per_page={PAGE}&page={page}"),
            Kind::GitLab => format!("{path}?per_page={PAGE}&page={page}&sort=asc&order_by=created_at"),
            Kind::Gitea => path,
            Kind::Bitbucket => format!("{path}?pagelen={PAGE}&page={page}"),
        })
    }

    /// Whether there may be another page after one with so many comments.
    pub(super) fn has_more(&self, answer: &Value, count: usize) -> bool {
        match self.kind {
            Kind::GitHub | Kind::GitLab => count >= PAGE,
            Kind::Gitea => false,
            Kind::Bitbucket => answer.get("next").is_some(),
        }
    }

    /// Makes a comment.
    pub(super) fn create(&self, body: &str) -> Request {
        Request { method: "POST", path: self.comments_path(), body: Some(self.payload(body)) }
    }

    /// Gives a comment another text.
    pub(super) fn update(&self, id: u64, body: &str) -> Request {
        let method = match self.kind {
            Kind::GitHub | Kind::Gitea => "PATCH",
            Kind::GitLab | Kind::Bitbucket => "PUT",
        };
        Request { method, path: self.comment_path(id), body: Some(self.payload(body)) }
    }

    /// Takes a comment away.
    pub(super) fn delete(&self, id: u64) -> Request {
        Request { method: "DELETE", path: self.comment_path(id), body: None }
    }

    fn payload(&self, body: &str) -> Value {
        match self.kind {
            Kind::Bitbucket => json!({"content": {"raw": body}}),
            _ => json!({"body": body}),
        }
    }

    /// The comments of an answer; those that were deleted or are lines of a review are none.
    pub(super) fn comments(&self, answer: &Value) -> Option<Vec<Comment>> {
        let list = match self.kind {
            Kind::Bitbucket => answer.get("values")?.as_array()?,
            _ => answer.as_array()?,
        };
        Some(list.iter().filter_map(|one| self.comment(one)).collect())
    }

    fn comment(&self, one: &Value) -> Option<Comment> {
        let text = |value: &Value, path: &str| value.pointer(path).and_then(Value::as_str).map(str::to_owned);
        let id = one.get("id")?.as_u64()?;
        Some(match self.kind {
            Kind::GitHub | Kind::Gitea => Comment {
                id,
                body: text(one, "/body")?,
                author: text(one, "/user/login"),
                by_program: one.pointer("/user/type").and_then(Value::as_str) == Some("Bot"),
            },
            Kind::GitLab => {
                if one.get("system").and_then(Value::as_bool) == Some(true) {
                    return None;
                }
                Comment {
                    id,
                    body: text(one, "/body")?,
                    author: text(one, "/author/username"),
                    by_program: false,
                }
            }
            Kind::Bitbucket => {
                if one.get("deleted").and_then(Value::as_bool) == Some(true) {
                    return None;
                }
                let kind = one.pointer("/user/type").and_then(Value::as_str);
                Comment {
                    id,
                    body: text(one, "/content/raw")?,
                    author: text(one, "/user/uuid"),
                    by_program: matches!(kind, Some("app_user" | "AppUser")),
                }
            }
        })
    }

    /// The name of an answer to `GET /user`.
    pub(super) fn user(&self, answer: &Value) -> Option<String> {
        let name = match self.kind {
            Kind::GitHub | Kind::Gitea => "login",
            Kind::GitLab => "username",
            Kind::Bitbucket => "uuid",
        };
        answer.get(name)?.as_str().map(str::to_owned)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(kind: Kind) -> PullRequest {
        PullRequest { kind, api: String::new(), repository: "group/shop".into(), number: 7 }
    }

    #[test]
    fn paths_are_those_of_each_api() {
        let all = [Kind::GitHub, Kind::GitLab, Kind::Gitea, Kind::Bitbucket].map(|kind| {
            let (it, update) = (request(kind), request(kind).update(3, "x"));
            format!("{} | {} {}", it.list(1).path, update.method, update.path)
        });
        insta::assert_snapshot!(all.join("\n"), @r"
        /repos/group/shop/issues/7/comments?per_page=100&page=1 | PATCH /repos/group/shop/issues/comments/3
        /projects/group%2Fshop/merge_requests/7/notes?per_page=100&page=1&sort=asc&order_by=created_at | PUT /projects/group%2Fshop/merge_requests/7/notes/3
        /repos/group/shop/issues/7/comments | PATCH /repos/group/shop/issues/comments/3
        /repositories/group/shop/pullrequests/7/comments?pagelen=100&page=1 | PUT /repositories/group/shop/pullrequests/7/comments/3
        ");
    }
}
