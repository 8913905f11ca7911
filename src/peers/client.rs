//! The client: one place where this program speaks HTTP to another machine.
//!
//! Everything is bounded: time, length of answers, redirects (none are followed). A token goes out
//! over TLS or to this very machine, never in the clear over a network.

use std::io::Read;
use std::net::IpAddr;
use std::time::Duration;
use ureq::tls::{RootCerts, TlsConfig};

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a question may take to be sent, and then to be answered.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(20);

/// How long a post may take until its first outcome is told.
const POST_TIMEOUT: Duration = Duration::from_secs(300);

/// The longest answer that is read as a whole.
pub const ANSWER_BYTES_MAX: u64 = 4 << 20;

/// Why another machine could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The address is none that is spoken to.
    #[error("{url} cannot be used: {reason}")]
    Address {
        /// The address.
        url: String,
        /// What is wrong with it, and what to do.
        reason: &'static str,
    },
    /// Nobody answers, or the answer breaks off.
    #[error("{url} does not answer: {reason}")]
    Unreachable {
        /// The address.
        url: String,
        /// What happened.
        reason: String,
    },
    /// It answers that it will not.
    #[error("{url} answers {status}: {reason}")]
    Status {
        /// The address.
        url: String,
        /// The status.
        status: u16,
        /// The beginning of what it says.
        reason: String,
    },
}

/// An answer, whatever its status.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
}

/// Speaks to the machine behind one address.
pub struct Client {
    agent: ureq::Agent,
    base: String,
    token: Option<String>,
}

impl Client {
    /// A client for everything below an address.
    ///
    /// # Errors
    /// [`ClientError::Address`] for what is neither `https://` nor `http://`, and for a token that
    /// would go over a network in the clear.
    pub fn new(base: &str, token: Option<String>) -> Result<Client, ClientError> {
        let fault = |reason| ClientError::Address { url: base.to_owned(), reason };
        let secure = base.starts_with("https://");
        let plain = base.strip_prefix("http://");
        match plain {
            None if !secure => return Err(fault("write it as https://HOST or http://HOST")),
            Some(host) if token.is_some() && !is_loopback(host) => {
                return Err(fault("a token is sent over https:// alone"));
            }
            Some(_) | None => {}
        }
        let config = ureq::Agent::config_builder()
            .timeout_connect(Some(CONNECT_TIMEOUT))
            .timeout_recv_response(Some(ANSWER_TIMEOUT))
            .timeout_send_request(Some(ANSWER_TIMEOUT))
            .http_status_as_error(false)
            .max_redirects(0)
            .user_agent(concat!("fundtrail/", env!("CARGO_PKG_VERSION")))
            .tls_config(TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build())
            .build();
        let base = base.trim_end_matches('/').to_owned();
        Ok(Client { agent: config.into(), base, token })
    }

    /// The address.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// Asks for what stands at a path, which begins with `/`.
    ///
    /// # Errors
    /// [`ClientError::Unreachable`]; a status of any kind is an answer.
    pub fn get(&self, path: &str) -> Result<Answer, ClientError> {
        self.whole(path, self.request_get(path).call())
    }

    /// Sends bytes to a path.
    ///
    /// # Errors
    /// As [`Client::get`].
    pub fn post(&self, path: &str, kind: &str, body: &[u8]) -> Result<Answer, ClientError> {
        let mut request = self.agent.post(self.url(path)).content_type(kind);
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        self.whole(path, request.send(body))
    }

    /// The bytes at a path, at most so many; anything but 200 is an error.
    ///
    /// # Errors
    /// As [`Client::get`], and [`ClientError::Status`].
    pub fn bytes(&self, path: &str, bytes_max: u64) -> Result<Vec<u8>, ClientError> {
        let mut response =
            self.request_get(path).call().map_err(|error| self.failed(path, error))?;
        if response.status().as_u16() != 200 {
            let answer = self.whole(path, Ok(response))?;
            return Err(self.status(path, &answer));
        }
        let body = response.body_mut().with_config().limit(bytes_max).read_to_vec();
        body.map_err(|error| self.failed(path, error))
    }

    /// Sends a stream of bytes to a path and gives the answer as a stream; anything but 200 is an
    /// error. The answer may begin while the sending goes on elsewhere, and take its time.
    ///
    /// # Errors
    /// As [`Client::get`], and [`ClientError::Status`].
    pub fn send(
        &self,
        path: &str,
        kind: &str,
        body: &mut dyn Read,
    ) -> Result<impl Read + use<>, ClientError> {
        let mut request = self.agent.post(self.url(path)).content_type(kind);
        if let Some(token) = &self.token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        let request = request.config().timeout_recv_response(Some(POST_TIMEOUT)).build();
        let sent = request.send(ureq::SendBody::from_reader(body));
        let response = sent.map_err(|error| self.failed(path, error))?;
        if response.status().as_u16() != 200 {
            let answer = self.whole(path, Ok(response))?;
            return Err(self.status(path, &answer));
        }
        Ok(response.into_body().into_with_config().limit(u64::MAX).reader())
    }

    /// An answer of status 200, or the error that says what came instead.
    ///
    /// # Errors
    /// As [`Client::get`], and [`ClientError::Status`].
    pub fn expect(&self, path: &str) -> Result<Vec<u8>, ClientError> {
        self.bytes(path, ANSWER_BYTES_MAX)
    }

    /// The error for an answer that was not hoped for.
    pub fn status(&self, path: &str, answer: &Answer) -> ClientError {
        let text = String::from_utf8_lossy(&answer.body);
        let shown = text.chars().map(|it| if it.is_control() { ' ' } else { it }).take(200);
        let reason = shown.collect::<String>().trim().to_owned();
        ClientError::Status { url: self.url(path), status: answer.status, reason }
    }

    fn request_get(&self, path: &str) -> ureq::RequestBuilder<ureq::typestate::WithoutBody> {
        let request = self.agent.get(self.url(path));
        match &self.token {
            Some(token) => request.header("Authorization", format!("Bearer {token}")),
            None => request,
        }
    }

    fn whole(
        &self,
        path: &str,
        response: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
    ) -> Result<Answer, ClientError> {
        let mut response = response.map_err(|error| self.failed(path, error))?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(ANSWER_BYTES_MAX).read_to_vec();
        Ok(Answer { status, body: body.map_err(|error| self.failed(path, error))? })
    }

    fn failed(&self, path: &str, error: impl std::fmt::Display) -> ClientError {
        ClientError::Unreachable { url: self.url(path), reason: error.to_string() }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }
}

/// Is this an address that a client speaks to, and not a folder?
pub fn is_address(text: &str) -> bool {
    text.starts_with("https://") || text.starts_with("http://")
}

/// Is the host of an address, with what follows it, this very machine?
fn is_loopback(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return false;
    }
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or_default(),
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    };
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_goes_over_a_network_in_the_clear() {
        let token = || Some("secret".to_owned());
        for (url, fits) in [
            ("https://ledger.example/x", true),
            ("http://127.0.0.1:7017", true),
            ("http://localhost:7017/", true),
            ("http://[::1]:7017", true),
            ("http://ledger.example", false),
            ("http://127.0.0.1@ledger.example", false),
            ("http://localhost.example", false),
            ("http://10.0.0.7:7017", false),
            ("ftp://127.0.0.1", false),
            ("ledger.example", false),
        ] {
            assert_eq!(Client::new(url, token()).is_ok(), fits, "{url}");
        }
        assert!(Client::new("http://ledger.example", None).is_ok());
    }
}
