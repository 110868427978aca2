//! Requests over HTTP: with [`crate::live`] all that opens a connection, and for `migcheck comment` alone.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::Value;
use ureq::http::Response;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig};
use ureq::{Agent, Body};

use super::{ForgeError, PullRequest, Request, Transport};
use crate::report::printable;

/// Most bytes of an answer: a hundred comments of the greatest length.
const LARGEST: u64 = 32 << 20;
/// How often a request is sent.
const TRIES: u32 = 5;
/// The longest wait between two.
const LONGEST_WAIT: Duration = Duration::from_secs(90);

/// A forge's API over HTTP.
pub struct Http {
    agent: Agent,
    api: String,
    kind: super::Kind,
    token: String,
}

impl Http {
    /// A client for the API of a pull request. `roots` are certificates in PEM, instead of those
    /// that the program brings.
    ///
    /// # Errors
    /// The address is none, or the token would go over the wire in the clear.
    pub fn new(request: &PullRequest, token: &str, roots: Option<&[u8]>) -> Result<Self, ForgeError> {
        let refuse =
            |why: &str| Err(ForgeError::Address(format!("the API's address `{}` {why}", request.api)));
        let Some((scheme, rest)) = request.api.split_once("://") else { return refuse("is no address") };
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if authority.is_empty() || authority.contains('@') || request.api.contains(char::is_whitespace) {
            return refuse("is no address");
        }
        let host = authority.rsplit_once(':').map_or(authority, |(host, _)| host);
        let local = matches!(host, "localhost" | "127.0.0.1" | "[::1]");
        match scheme {
            "https" => {}
            "http" if local => {}
            _ => return refuse("is not https, so the token would be read by others"),
        }
        if token.is_empty() || token.chars().any(|c| c.is_control() || !c.is_ascii()) {
            return Err(ForgeError::Address("the token is empty, or holds what no header may".into()));
        }
        let mut tls = TlsConfig::builder();
        if let Some(pem) = roots {
            let parsed = ureq::tls::parse_pem(pem).filter_map(|item| match item {
                Ok(PemItem::Certificate(certificate)) => Some(certificate),
                _ => None,
            });
            let certificates: Vec<Certificate<'static>> = parsed.collect();
            tls = tls.root_certs(RootCerts::from(certificates));
        }
        let agent = Agent::config_builder()
            .timeout_global(Some(Duration::from_mins(1)))
            .http_status_as_error(false)
            // Another host is none of the token's business.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .tls_config(tls.build())
            .user_agent(concat!("migcheck/", env!("CARGO_PKG_VERSION")))
            .build()
            .new_agent();
        Ok(Self { agent, api: request.api.clone(), kind: request.kind, token: token.to_owned() })
    }

    fn once(&self, request: &Request) -> Result<Response<Body>, String> {
        let (name, value) = self.kind.authorization(&self.token);
        let mut builder = ureq::http::Request::builder()
            .method(request.method)
            .uri(format!("{}{}", self.api, request.path))
            .header(name, value)
            .header("Accept", self.kind.accept());
        if self.kind == super::Kind::GitHub {
            builder = builder.header("X-GitHub-Api-Version", "2022-11-28");
        }
        let sent = match &request.body {
            Some(body) => {
                let built = builder.header("Content-Type", "application/json").body(body.to_string());
                self.agent.run(built.map_err(|error| error.to_string())?)
            }
            None => self.agent.run(builder.body(()).map_err(|error| error.to_string())?),
        };
        sent.map_err(|error| error.to_string())
    }

    /// Text of others without the token, for people.
    fn clean(&self, text: &str) -> String {
        const MOST: usize = 300;
        let text = text.replace(&self.token, "***");
        printable(&text).chars().take(MOST).collect::<String>().replace(['\n', '\r'], " ")
    }

    fn refused(&self, request: &Request, status: u16, body: &str) -> ForgeError {
        let answer: Option<Value> = serde_json::from_str(body).ok();
        let said = answer.as_ref().and_then(|answer| {
            let known = ["/message", "/error", "/error/message", "/error_description"];
            known.iter().find_map(|path| answer.pointer(path)?.as_str())
        });
        let message = said.map_or_else(String::new, |said| format!(": {}", self.clean(said)));
        let hint = match status {
            401 => "; the token is not valid",
            403 => "; the token may not write comments (GitHub: `permissions: pull-requests: write`)",
            404 => "; there is no such pull request, or the token may not see it",
            300..=399 => "; the API has moved, name its address with --api-url",
            _ => "",
        };
        ForgeError::Refused { method: request.method, path: request.path.clone(), status, message, hint }
    }
}

impl Transport for Http {
    /// Sends a request, again where the forge asks for patience. A `POST` is sent again only where
    /// the forge said that it did nothing.
    fn send(&self, request: &Request) -> Result<Value, ForgeError> {
        let mut tried = 0;
        loop {
            tried += 1;
            let sent = self.once(request);
            let mut response = match sent {
                Ok(response) => response,
                Err(reason) => {
                    if tried < TRIES && request.method == "GET" {
                        std::thread::sleep(backoff(tried));
                        continue;
                    }
                    let (method, path) = (request.method, request.path.clone());
                    return Err(ForgeError::NoAnswer { method, path, reason: self.clean(&reason) });
                }
            };
            let status = response.status().as_u16();
            let wait = wait(&response, status, tried, request.method != "POST");
            if let Some(wait) = wait.filter(|_| tried < TRIES) {
                std::thread::sleep(wait);
                continue;
            }
            let body = response.body_mut().with_config().limit(LARGEST).read_to_string();
            let body = body.map_err(|error| ForgeError::NoAnswer {
                method: request.method,
                path: request.path.clone(),
                reason: self.clean(&error.to_string()),
            })?;
            if !(200..300).contains(&status) {
                return Err(self.refused(request, status, &body));
            }
            if body.trim().is_empty() {
                return Ok(Value::Null);
            }
            return serde_json::from_str(&body).map_err(|error| ForgeError::Strange {
                path: request.path.clone(),
                reason: self.clean(&error.to_string()),
            });
        }
    }
}

fn backoff(tried: u32) -> Duration {
    Duration::from_millis(500 << tried.min(6))
}

/// How long to wait before the request is sent again; `None` where it is not to be.
fn wait(response: &Response<Body>, status: u16, tried: u32, again: bool) -> Option<Duration> {
    let number = |name: &str| response.headers().get(name)?.to_str().ok()?.trim().parse::<u64>().ok();
    let limited = match status {
        429 => true,
        // GitHub's limits (<https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api>).
        403 => number("x-ratelimit-remaining") == Some(0) || number("retry-after").is_some(),
        500 | 502 | 503 | 504 => again || status == 503 && number("retry-after").is_some(),
        _ => false,
    };
    if !limited {
        return None;
    }
    let until = |name: &str| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
        Some(number(name)?.saturating_sub(now).saturating_add(1))
    };
    let seconds =
        number("retry-after").or_else(|| until("x-ratelimit-reset")).or_else(|| until("ratelimit-reset"));
    let wait = seconds.map_or_else(|| backoff(tried), Duration::from_secs);
    (wait <= LONGEST_WAIT).then_some(wait)
}
