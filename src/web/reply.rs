//! What a page answers with: a page, another address, or a file; and its cookies.

use crate::service::Problem;
use askama::Template;
use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// An answer on its way.
#[derive(Debug)]
pub struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Reply {
    /// A page.
    ///
    /// # Errors
    /// The template failed, which is a failure of ours.
    pub fn page(template: &impl Template) -> Result<Reply, Problem> {
        let text = template.render().map_err(|error| Problem::Failed(error.to_string()))?;
        Ok(Reply::bytes("text/html; charset=utf-8", text.into_bytes()))
    }

    /// Bytes of a kind.
    pub fn bytes(kind: &'static str, body: Vec<u8>) -> Reply {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        Reply { status: StatusCode::OK, headers, body }
    }

    /// A file to keep: a browser never renders it here. The name is ours and plain ASCII.
    ///
    /// # Panics
    /// When the name cannot stand in a header.
    pub fn file(kind: &'static str, name: &str, body: Vec<u8>) -> Reply {
        let mut reply = Reply::bytes(kind, body);
        let shown = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
        reply.header(header::CONTENT_DISPOSITION, shown.expect("a file's name is plain ASCII"));
        reply
    }

    /// Another address, to be read with GET (303). Only addresses of ours stand here.
    ///
    /// # Panics
    /// When it is no path of this service.
    pub fn see(path: &str) -> Reply {
        assert!(path.starts_with('/') && !path.starts_with("//"), "a path of this service");
        let mut reply = Reply::bytes("text/plain; charset=utf-8", Vec::new());
        reply.status = StatusCode::SEE_OTHER;
        let to = HeaderValue::from_str(path);
        reply.header(header::LOCATION, to.unwrap_or_else(|_| HeaderValue::from_static("/")));
        reply
    }

    /// The same with another status.
    pub fn with_status(mut self, status: StatusCode) -> Reply {
        self.status = status;
        self
    }

    /// Sets a field of the header.
    pub fn header(&mut self, name: HeaderName, value: HeaderValue) {
        self.headers.insert(name, value);
    }

    /// Sets a cookie that only this service reads, over a private line, for so many seconds; with
    /// none it ends. The name begins with `__Host-` (design section 8).
    ///
    /// # Panics
    /// When the value is no cookie's: only digits, letters and dashes of ours are.
    pub fn private_cookie(&mut self, name: &str, value: &str, seconds: u32) {
        assert!(name.starts_with("__Host-"), "a private cookie is bound to this host");
        self.cookie(&format!(
            "{name}={value}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Strict"
        ));
    }

    /// Sets a cookie, as it is written.
    ///
    /// # Panics
    /// When it cannot stand in a header.
    pub fn cookie(&mut self, cookie: &str) {
        let value = HeaderValue::from_str(cookie).expect("a cookie of ours is plain ASCII");
        self.headers.append(header::SET_COOKIE, value);
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// Is it a page that was found?
    pub fn is_page(&self) -> bool {
        self.status == StatusCode::OK && !self.headers.contains_key(header::SET_COOKIE)
    }

    /// Sets a field that was not set.
    pub fn default_header(&mut self, name: HeaderName, value: &'static str) {
        self.headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        (self.status, self.headers, Body::from(self.body)).into_response()
    }
}
