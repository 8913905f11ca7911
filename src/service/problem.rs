//! Why a request is not answered, as problem details (RFC 9457): the one place of status codes.
//!
//! The body gives a stable code, one sentence and the fields at fault; never a token, a code of a
//! receipt, or what the system said of a path.

use crate::ledger::PostError;
use crate::ledger::live::AsOf;
use crate::ledger::proving::ProveError;
use crate::ledger::reading::ReadError;
use crate::ledger::telling::Told;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// Why a request is not answered.
#[derive(Debug)]
pub enum Problem {
    /// There is nothing of that name, or the reader may not know of it.
    NotFound(&'static str),
    /// The path takes other methods.
    Method,
    /// A parameter is unknown, or its value is none.
    Parameter {
        /// Its name.
        name: String,
        /// What it must be.
        reason: String,
    },
    /// Only for readers with a token.
    TokenNeeded,
    /// Only for holders of a look-up code.
    CodeNeeded,
    /// The token is unknown, expired or revoked, or its principal is.
    TokenUnknown,
    /// Tokens and codes are not taken over a line that others can read.
    Insecure,
    /// The reader's role does not open this.
    NotOpen,
    /// A form that did not come from our own pages.
    NotOurs,
    /// The host named is not one of this service's.
    Host,
    /// The target or the header is too long.
    TooLong,
    /// The body is too large.
    TooLarge {
        /// How large it may be, in bytes.
        limit: u64,
    },
    /// Bodies are taken as they are.
    Encoded,
    /// The body is of another kind.
    MediaType(&'static str),
    /// The body ended, or stood still, in the middle.
    TooSlow,
    /// The request took longer than one may as a whole.
    OutOfTime,
    /// The body cannot be read.
    Body,
    /// Too many requests, in seconds.
    TooMany {
        /// After how many seconds asking again makes sense.
        retry_after: u64,
    },
    /// A queue is full.
    Busy(&'static str),
    /// The answers are being made from the records.
    Rebuilding,
    /// Nothing is posted here.
    ReadOnly,
    /// Posting has stopped.
    Stopped(String),
    /// What the reader holds is ahead of this ledger, or differs.
    HeadMoved(Box<AsOf>),
    /// No checkpoint covers what is to be proven.
    NotCovered(String),
    /// What restricted reading needs cannot be used.
    Unavailable(&'static str),
    /// The rules refuse the event.
    Refused(Box<Told>),
    /// A failure of ours; the log has the rest.
    Failed(String),
}

impl Problem {
    /// The stable code.
    pub fn code(&self) -> String {
        let code = match self {
            Problem::NotFound(_) => "not_found",
            Problem::Method => "method_not_allowed",
            Problem::Parameter { .. } => "bad_parameter",
            Problem::TokenNeeded => "token_needed",
            Problem::CodeNeeded => "code_needed",
            Problem::TokenUnknown => "token_unknown",
            Problem::Insecure => "insecure",
            Problem::NotOpen => "not_open",
            Problem::NotOurs => "form_not_ours",
            Problem::Host => "host_unknown",
            Problem::TooLong => "too_long",
            Problem::TooLarge { .. } => "too_large",
            Problem::Encoded => "encoding_refused",
            Problem::MediaType(_) => "media_type",
            Problem::TooSlow => "too_slow",
            Problem::OutOfTime => "out_of_time",
            Problem::Body => "body_unreadable",
            Problem::TooMany { .. } => "too_many",
            Problem::Busy(_) => "busy",
            Problem::Rebuilding => "rebuilding",
            Problem::ReadOnly => "read_only",
            Problem::Stopped(_) => "retry",
            Problem::HeadMoved(_) => "head_moved",
            Problem::NotCovered(_) => "not_covered",
            Problem::Unavailable(_) => "unavailable",
            Problem::Refused(told) => {
                return told.code.map(|code| code.to_string()).unwrap_or_default();
            }
            Problem::Failed(_) => "failed",
        };
        code.to_owned()
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        match self {
            Problem::NotFound(_) => StatusCode::NOT_FOUND,
            Problem::Method => StatusCode::METHOD_NOT_ALLOWED,
            Problem::Parameter { .. } | Problem::Body | Problem::CodeNeeded => {
                StatusCode::BAD_REQUEST
            }
            Problem::TokenNeeded | Problem::TokenUnknown => StatusCode::UNAUTHORIZED,
            Problem::Insecure | Problem::NotOpen | Problem::NotOurs | Problem::ReadOnly => {
                StatusCode::FORBIDDEN
            }
            Problem::Host => StatusCode::MISDIRECTED_REQUEST,
            Problem::TooLong => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Problem::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Problem::Encoded | Problem::MediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Problem::TooSlow | Problem::OutOfTime => StatusCode::REQUEST_TIMEOUT,
            Problem::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            Problem::Busy(_)
            | Problem::Rebuilding
            | Problem::Stopped(_)
            | Problem::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            Problem::HeadMoved(_) | Problem::NotCovered(_) => StatusCode::CONFLICT,
            Problem::Refused(told) => refused(told),
            Problem::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The sentence for people.
    pub fn detail(&self) -> String {
        match self {
            Problem::NotFound(what) => format!("there is no such {what}"),
            Problem::Method => "this path does not take this method".to_owned(),
            Problem::Parameter { name, reason } => format!("{name}: {reason}"),
            Problem::TokenNeeded => {
                "this is open to readers with a token only; send Authorization: Bearer TOKEN"
                    .to_owned()
            }
            Problem::CodeNeeded => "send the look-up code in the header Gift-Code".to_owned(),
            Problem::TokenUnknown => {
                "the token is unknown, expired or revoked; ask the operator for a new one"
                    .to_owned()
            }
            Problem::Insecure => {
                "tokens and codes are taken over TLS, from this machine, or through the trusted \
                 proxy only; take it for read by others and have it replaced"
                    .to_owned()
            }
            Problem::NotOpen => "this is not open to your role".to_owned(),
            Problem::NotOurs => "this form did not come from a page of this service".to_owned(),
            Problem::Host => "this service does not go by that name; see --host".to_owned(),
            Problem::TooLong => "the target or the header is too long".to_owned(),
            Problem::TooLarge { limit } => format!("the body is larger than {limit} bytes"),
            Problem::Encoded => {
                "send the body as it is: a Content-Encoding is not taken".to_owned()
            }
            Problem::MediaType(wanted) => format!("the body must be {wanted}"),
            Problem::TooSlow => "the body stood still for too long; send it again".to_owned(),
            Problem::OutOfTime => {
                "this took longer than a request may; send less at once, or ask for less".to_owned()
            }
            Problem::Body => "the body broke off; send it again".to_owned(),
            Problem::TooMany { retry_after } => {
                format!("too many requests; try again in {retry_after} seconds")
            }
            Problem::Busy(what) => format!("{what}; try again shortly"),
            Problem::Rebuilding => "the answers are being made from the records".to_owned(),
            Problem::ReadOnly => "this is a copy: post to the ledger itself".to_owned(),
            Problem::Stopped(reason) => reason.clone(),
            Problem::HeadMoved(_) => {
                "what you hold is ahead of this ledger, or another history; compare both heads \
                 before you go on"
                    .to_owned()
            }
            Problem::NotCovered(reason) => reason.clone(),
            Problem::Unavailable(what) => format!("{what} cannot be used just now"),
            Problem::Refused(told) => told.message.clone().unwrap_or_default(),
            Problem::Failed(_) => "this failed on our side; the log has the reason".to_owned(),
        }
    }

    /// After how many seconds asking again makes sense, where it does.
    pub fn retry_after(&self) -> Option<u64> {
        match self {
            Problem::TooMany { retry_after } => Some(*retry_after),
            Problem::Busy(_) | Problem::Rebuilding | Problem::Unavailable(_) => Some(1),
            Problem::Stopped(_) => Some(10),
            Problem::NotCovered(_) => Some(1),
            _ => None,
        }
    }

    /// The body, with the figures of a refusal.
    fn body(&self) -> Value {
        let mut body = json!({
            "type": "about:blank",
            "title": self.status().canonical_reason().unwrap_or("Error"),
            "status": self.status().as_u16(),
            "code": self.code(),
            "detail": self.detail(),
        });
        match self {
            Problem::Parameter { name, .. } => body["parameter"] = json!(name),
            Problem::TooLarge { limit } => body["limit_bytes"] = json!(limit),
            Problem::HeadMoved(as_of) => body["as_of"] = json!(as_of),
            Problem::Refused(told) => {
                body["id"] = json!(told.id);
                body["details"] = json!(told.details);
            }
            _ => {}
        }
        body
    }
}

/// The status of a refusal: what is wrong with the body itself is 400, what the poster may not do
/// 403, what stands against it in the ledger 409 or 422.
fn refused(told: &Told) -> StatusCode {
    match told.code.map(|code| code.code()).unwrap_or_default() {
        "malformed" | "personal_data" | "unknown_type" | "amount_out_of_range" => {
            StatusCode::BAD_REQUEST
        }
        "not_authorised" => StatusCode::FORBIDDEN,
        "id_conflict" => StatusCode::CONFLICT,
        "batch_too_large" | "record_too_large" => StatusCode::PAYLOAD_TOO_LARGE,
        "storage_full" => StatusCode::INSUFFICIENT_STORAGE,
        "retry" => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        if let Problem::Failed(reason) = &self {
            tracing::error!(reason, "a request failed");
        }
        let mut response = (self.status(), Json(self.body())).into_response();
        let headers = response.headers_mut();
        let kind = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, kind);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after() {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<ReadError> for Problem {
    fn from(error: ReadError) -> Problem {
        Problem::Failed(error.to_string())
    }
}

impl From<ProveError> for Problem {
    fn from(error: ProveError) -> Problem {
        match error {
            ProveError::NotCovered { .. } | ProveError::NothingSigned => {
                Problem::NotCovered(error.to_string())
            }
            ProveError::Shrinks { .. } => {
                Problem::Parameter { name: "old".to_owned(), reason: error.to_string() }
            }
            ProveError::Store(_)
            | ProveError::Read(_)
            | ProveError::Checkpoint(_)
            | ProveError::Differs { .. } => Problem::Failed(error.to_string()),
        }
    }
}

impl From<&PostError> for Problem {
    fn from(error: &PostError) -> Problem {
        match error {
            PostError::Busy => Problem::Busy("others are posting just now"),
            PostError::Stopped(_) | PostError::Clock(_) => Problem::Stopped(error.to_string()),
            PostError::Store(_) => Problem::Failed(error.to_string()),
        }
    }
}

impl From<PostError> for Problem {
    fn from(error: PostError) -> Problem {
        Problem::from(&error)
    }
}

/// Work on a blocking thread that panicked.
impl From<tokio::task::JoinError> for Problem {
    fn from(error: tokio::task::JoinError) -> Problem {
        Problem::Failed(error.to_string())
    }
}
