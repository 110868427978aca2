//! One comment: made once, then kept up to date.

use super::{Comment, ForgeError, PullRequest, Request, Transport};

/// Most pages that are looked through.
const PAGES: usize = 50;

/// What the comment is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// This text, made where there is no comment yet.
    Text(String),
    /// This text where there is a comment; else none.
    Resolved(String),
    /// No comment.
    Gone,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    /// It was made.
    Created(u64),
    /// It has another text now.
    Updated(u64),
    /// It said that already.
    Unchanged(u64),
    /// It was taken away.
    Deleted(u64),
    /// There was none, and there was nothing to say.
    Nothing,
}

/// Makes the comment with that mark what it is to be.
///
/// # Errors
/// The forge refuses, or does not answer.
pub fn stick(
    forge: &dyn Transport,
    request: &PullRequest,
    mark: &str,
    wish: &Wish,
) -> Result<Done, ForgeError> {
    let found = find(forge, request, mark)?;
    let text = |body: &str| format!("{mark}\n{body}");
    match (found, wish) {
        (Some(comment), Wish::Text(body) | Wish::Resolved(body)) => {
            // Forges may end lines otherwise, and cut what is at the end.
            if comment.body.replace("\r\n", "\n").trim_end() == text(body).trim_end() {
                return Ok(Done::Unchanged(comment.id));
            }
            forge.send(&request.update(comment.id, &text(body)))?;
            Ok(Done::Updated(comment.id))
        }
        (Some(comment), Wish::Gone) => {
            forge.send(&request.delete(comment.id))?;
            Ok(Done::Deleted(comment.id))
        }
        (None, Wish::Text(body)) => {
            let answer = forge.send(&request.create(&text(body)))?;
            let id = answer.get("id").and_then(serde_json::Value::as_u64);
            Ok(Done::Created(id.unwrap_or_default()))
        }
        (None, Wish::Resolved(_) | Wish::Gone) => Ok(Done::Nothing),
    }
}

/// Our comment: the first of our own that begins with the mark.
fn find(forge: &dyn Transport, request: &PullRequest, mark: &str) -> Result<Option<Comment>, ForgeError> {
    let mut marked = Vec::new();
    for page in 1..=PAGES {
        let asked = request.list(page);
        let answer = forge.send(&asked)?;
        let Some(comments) = request.comments(&answer) else {
            return Err(ForgeError::Strange { path: asked.path, reason: "it is no list of comments".into() });
        };
        let count = answer.as_array().map_or(comments.len(), Vec::len);
        marked.extend(comments.into_iter().filter(|comment| comment.body.trim_start().starts_with(mark)));
        if !request.has_more(&answer, count) {
            break;
        }
    }
    if marked.is_empty() {
        return Ok(None);
    }
    // The token of a workflow may not ask who it is; its comments are a program's.
    let me = forge.send(&Request::get("/user")).ok().and_then(|answer| request.user(&answer));
    Ok(marked.into_iter().find(|comment| match &me {
        Some(me) => comment.author.as_ref() == Some(me),
        None => comment.by_program,
    }))
}
