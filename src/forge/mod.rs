//! Floor 6, beside the rules: GitHub, GitLab, Gitea (and Forgejo), Bitbucket: one comment on a pull request that is
//! made once and kept up to date.
//!
//! What each forge's API wants is data here ([`Kind`]); of the program only [`http`] and
//! [`crate::live`] open a connection. The comment is found by a mark that no reader sees, among those of our own author:
//! anybody can write the mark.

pub mod http;
mod kind;
mod sticky;

use thiserror::Error;

pub use kind::{Comment, Kind};
pub use sticky::{Done, Wish, stick};

/// A pull or merge request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PullRequest {
    /// Whose API it is.
    pub kind: Kind,
    /// The API's address, without a `/` at its end.
    pub api: String,
    /// `owner/name`; for GitLab the project's number, or its path.
    pub repository: String,
    /// Its number; GitLab's `iid`.
    pub number: u64,
}

/// What keeps the comment from being made. No message holds the token.
#[derive(Debug, Error)]
pub enum ForgeError {
    /// The forge does not allow or know it.
    #[error("{method} {path}: {status}{message}{hint}")]
    Refused {
        /// The request's method.
        method: &'static str,
        /// The request's path.
        path: String,
        /// The answer's status.
        status: u16,
        /// What the forge says, `: ` before it.
        message: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// No answer came.
    #[error("{method} {path}: {reason}")]
    NoAnswer {
        /// The request's method.
        method: &'static str,
        /// The request's path.
        path: String,
        /// Why.
        reason: String,
    },
    /// The answer is not what the API's documentation says.
    #[error("{path}: the answer is not what the API's documentation says: {reason}")]
    Strange {
        /// The request's path.
        path: String,
        /// What is strange.
        reason: String,
    },
    /// The token would go over the wire in the clear, or the address is none.
    #[error("{0}")]
    Address(String),
}

/// A request to a forge's API.
#[derive(Debug, Clone)]
pub struct Request {
    /// `GET`, `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: &'static str,
    /// Below the API's address, with `/` at its start.
    pub path: String,
    /// What is sent, as JSON.
    pub body: Option<serde_json::Value>,
}

impl Request {
    /// A request that reads.
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: "GET", path: path.into(), body: None }
    }
}

/// Sends requests to one forge.
pub trait Transport {
    /// The answer as JSON; `null` where there is none.
    ///
    /// # Errors
    /// There is none, or it is a refusal.
    fn send(&self, request: &Request) -> Result<serde_json::Value, ForgeError>;
}
