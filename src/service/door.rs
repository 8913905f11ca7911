//! The door: by which name and from where a request came, and who its reader is.
//!
//! A token counts only over a line that others cannot read: TLS, this machine itself, or the
//! trusted proxy. The forwarded address is believed from that proxy alone (design section 8).

use super::bounds::TARGET_BYTES_MAX;
use super::problem::Problem;
use super::{Service, Settings};
use crate::access::Viewer;
use crate::base::Stamp;
use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Uri, header};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Who may come in.
#[derive(Debug)]
pub struct Door {
    hosts: Vec<String>,
    trusted_proxies: Vec<IpAddr>,
}

/// Where a request came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The address of the reader, as far as it is known.
    pub address: IpAddr,
    /// Can nobody read the line?
    pub private: bool,
}

/// Whether the connection itself is TLS; the listener knows.
#[derive(Clone, Copy, Debug, Default)]
pub struct OverTls(pub bool);

impl Door {
    /// The door that the settings ask for.
    pub fn new(settings: &Settings) -> Door {
        Door {
            hosts: settings.hosts.iter().map(|host| host.to_ascii_lowercase()).collect(),
            trusted_proxies: settings.trusted_proxies.clone(),
        }
    }

    /// The name by which the service was asked, with the port; over HTTP/2 it stands in the target
    /// and not in a field of the header.
    ///
    /// # Errors
    /// It does not go by that name.
    pub fn host<'r>(&self, uri: &'r Uri, headers: &'r HeaderMap) -> Result<&'r str, Problem> {
        let mut named = headers.get_all(header::HOST).iter();
        let host = match (uri.authority(), named.next(), named.next()) {
            (_, _, Some(_)) => return Err(Problem::Host),
            (Some(authority), None, None) => authority.as_str(),
            (None, Some(host), None) => host.to_str().map_err(|_| Problem::Host)?,
            // A proxy's form of request names both; they must agree.
            (Some(authority), Some(host), None)
                if host.as_bytes() == authority.as_str().as_bytes() =>
            {
                authority.as_str()
            }
            (Some(_), Some(_), None) | (None, None, None) => return Err(Problem::Host),
        };
        let name = without_port(host).to_ascii_lowercase();
        match self.hosts.contains(&name) {
            true => Ok(host),
            false => Err(Problem::Host),
        }
    }

    /// Where a request came from.
    pub fn origin(&self, peer: SocketAddr, tls: OverTls, headers: &HeaderMap) -> Origin {
        let peer = plain(peer.ip());
        if self.trusted_proxies.contains(&peer) {
            let forwarded = headers.get("x-forwarded-for").and_then(|it| it.to_str().ok());
            // The last is what the proxy itself saw; those before it are anybody's word.
            let last = forwarded.and_then(|all| all.rsplit(',').next()?.trim().parse().ok());
            return Origin { address: last.map_or(peer, plain), private: true };
        }
        Origin { address: peer, private: tls.0 || peer.is_loopback() }
    }
}

/// An IPv4 address that came in over an IPv6 socket is that IPv4 address.
fn plain(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V6(six) => six.to_ipv4_mapped().map_or(address, IpAddr::V4),
        IpAddr::V4(_) => address,
    }
}

/// What limits count by: an IPv4 address, or the /64 that one subscriber has whole.
pub fn limited(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => {
            let [a, b, c, d, ..] = six.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

fn without_port(host: &str) -> &str {
    if let Some(end) = host.strip_prefix('[').and_then(|rest| rest.find(']')) {
        return &host[1..=end];
    }
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The reader of a request: whoever its token says, else the public.
///
/// # Errors
/// A token that opens nothing, or that came over an open line.
pub fn viewer(service: &Service, headers: &HeaderMap, origin: Origin) -> Result<Viewer, Problem> {
    let mut given = headers.get_all(header::AUTHORIZATION).iter();
    let Some(first) = given.next() else { return Ok(Viewer::Public) };
    if !origin.private {
        return Err(Problem::Insecure);
    }
    if given.next().is_some() {
        return Err(Problem::TokenUnknown);
    }
    let text = first.to_str().map_err(|_| Problem::TokenUnknown)?;
    let token = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let (_, token) = token.ok_or(Problem::TokenUnknown)?;
    let views = service.live.views();
    match service.tokens.viewer(token.trim(), &views.beside, now()) {
        Ok(found) => found.map(|(_, viewer)| viewer).ok_or(Problem::TokenUnknown),
        Err(error) => {
            tracing::error!(%error, "no token can be looked up");
            Err(Problem::Unavailable("the tokens"))
        }
    }
}

/// The header that carries a look-up code: never in a URL, which logs and histories keep.
pub const GIFT_CODE: &str = "gift-code";

/// The holder of the look-up code that came with a request.
///
/// # Errors
/// There is none, it opens nothing, too many were tried from there, or the line is open.
pub fn holder(service: &Service, headers: &HeaderMap, origin: Origin) -> Result<Viewer, Problem> {
    let code = headers.get(GIFT_CODE).ok_or(Problem::CodeNeeded)?;
    if !origin.private {
        return Err(Problem::Insecure);
    }
    service.limits.check_lookup(origin.address)?;
    let code = code.to_str().map_err(|_| Problem::NotFound("gift"))?;
    let views = service.live.views();
    views.beside.viewer_by_code(code).ok_or(Problem::NotFound("gift"))
}

/// The time, for what is neither recorded nor decided by the rules: expiry of tokens, the log.
pub fn now() -> Stamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Stamp(since.map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX)))
}

/// A request that came in by one of our names, from somebody who has a turn left.
#[derive(Debug)]
pub struct Arrival {
    /// Path and query, as asked.
    pub target: String,
    /// Where it came from.
    pub origin: Origin,
    /// The address of the service as the reader knows it: with `https` where the line is encrypted,
    /// by us or by the trusted proxy, else `http`.
    pub home: String,
}

/// What every request is looked at for first: its name, its length, its address.
///
/// # Errors
/// It named another host, is too long, or comes too often.
pub fn arrive(service: &Service, parts: &Parts) -> Result<Arrival, Problem> {
    let host = service.door.host(&parts.uri, &parts.headers)?;
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    if target.len() > TARGET_BYTES_MAX {
        return Err(Problem::TooLong);
    }
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let nowhere = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
    let tls = parts.extensions.get::<OverTls>().copied().unwrap_or_default();
    let origin = service.door.origin(peer.map_or(nowhere, |peer| peer.0), tls, &parts.headers);
    service.limits.check_address(origin.address)?;
    // A private line without TLS that does not come from this machine came through the proxy.
    let encrypted = tls.0 || (origin.private && !origin.address.is_loopback());
    let scheme = if encrypted { "https" } else { "http" };
    Ok(Arrival { target, origin, home: format!("{scheme}://{host}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn door() -> Door {
        Door::new(&Settings {
            hosts: vec!["Ledger.example".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()],
            trusted_proxies: vec!["10.0.0.1".parse().unwrap()],
            ..Settings::default()
        })
    }

    #[test]
    fn only_its_own_names_are_answered() {
        let check = |uri: &str, hosts: &[&str]| {
            let mut headers = HeaderMap::new();
            for host in hosts {
                headers.append(header::HOST, HeaderValue::from_str(host).unwrap());
            }
            door().host(&uri.parse().unwrap(), &headers).is_ok()
        };
        for good in ["ledger.example", "LEDGER.example:7017", "127.0.0.1:80", "[::1]:7017"] {
            assert!(check("/v1/ledger", &[good]), "{good}");
        }
        for bad in ["evil.example", "ledger.example.evil", "", "127.0.0.2", "[::2]:7017"] {
            assert!(!check("/v1/ledger", &[bad]), "{bad}");
        }
        assert!(!check("/v1/ledger", &[]));
        assert!(!check("/v1/ledger", &["ledger.example", "evil.example"]));
        assert!(!check("http://ledger.example/v1/ledger", &["evil.example"]));
        assert!(check("http://ledger.example/v1/ledger", &["ledger.example"]));
        // HTTP/2 names the host in the target alone.
        let (uri, none) = ("https://ledger.example:7017/".parse().unwrap(), HeaderMap::new());
        assert_eq!(door().host(&uri, &none).unwrap(), "ledger.example:7017");
    }

    #[test]
    fn the_forwarded_address_is_believed_from_the_proxy_alone() {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", HeaderValue::from_static("1.1.1.1, 2.2.2.2"));
        let origin = |peer: &str, tls| door().origin(peer.parse().unwrap(), OverTls(tls), &headers);
        let address = |text: &str| text.parse::<IpAddr>().unwrap();
        let seen = |text, private| Origin { address: address(text), private };
        assert_eq!(origin("10.0.0.1:5", false), seen("2.2.2.2", true));
        assert_eq!(origin("10.0.0.2:5", false), seen("10.0.0.2", false));
        assert_eq!(origin("10.0.0.2:5", true), seen("10.0.0.2", true));
        assert_eq!(origin("[::ffff:127.0.0.1]:5", false), seen("127.0.0.1", true));
        assert_eq!(limited(address("2001:db8:1:2:3:4:5:6")), address("2001:db8:1:2::"));
    }
}
