//! The bounds of the service in time and size: who is silent, too slow or too large gets a clear
//! answer or a closed line, and takes no place from others. What waits for seconds in use waits for
//! less here, by the service's own settings.

use super::serve::Keys;
use super::serving::{Answer, Client, Server, parse};
use super::support::Ledger;
use fundtrail::api::routes::ROUTES;
use fundtrail::api::{self, Api};
use fundtrail::ledger::live::{Keeping, Live};
use fundtrail::ledger::{Ledger as Opened, OpenOptions};
use fundtrail::service::bounds::{
    ATOMIC_BODY_BYTES_MAX, BODY_BYTES_MAX, BULK_BODY_BYTES_MAX, PAGE_DEFAULT, PAGE_MAX, Patience,
    STREAMS_EACH_MAX,
};
use fundtrail::service::{Served, Service, Settings, listen};
use fundtrail::web;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::ops::Deref;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::oneshot;

const SHORT: Duration = Duration::from_millis(200);
/// Longer than a connection of a test waits for its answer: whoever relied on it would fail.
const LONG: Duration = Duration::from_secs(600);

/// A service inside the test, which ends with it.
pub struct Here {
    /// What it stands on, for a test that takes its places.
    pub service: Arc<Service>,
    client: Client,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Here {
    fn start(ledger: &Ledger, patience: Patience) -> Here {
        Here::start_with(ledger, Settings { patience, ..Settings::default() })
    }

    /// Starts the service with its API and its pages.
    pub fn start_with(ledger: &Ledger, settings: Settings) -> Here {
        let (told, address) = mpsc::channel();
        let (end, ended) = oneshot::channel::<()>();
        let path = ledger.path();
        let thread = std::thread::spawn(move || {
            let (opened, _) = Opened::open(&path, OpenOptions::default()).unwrap();
            let keeping = Keeping { head_copies: Vec::new(), scrub: false };
            let live: Arc<Served> = Live::start(opened, keeping).unwrap();
            let runtime = tokio::runtime::Runtime::new().unwrap();
            runtime.block_on(async {
                let mut listening = listen("127.0.0.1:0".parse().unwrap(), None).await.unwrap();
                listening.patience = settings.patience;
                let address = listening.address.to_string();
                let hosts = vec!["127.0.0.1".to_owned()];
                let settings = Settings { hosts, ..settings };
                let service = Service::new(Arc::clone(&live), &settings);
                told.send((address, Arc::clone(&service))).unwrap();
                let api = Api::new(&service);
                let end = api.ring(async { drop(ended.await) });
                let routes = web::router(&service, api::router(&api));
                listening.serve(routes, end).await.unwrap();
                service.close();
            });
            live.close();
            live.stop().unwrap();
        });
        let (address, service) = address.recv().unwrap();
        let client = Client { address };
        client.wait_until_ready();
        Here { service, client, end: Some(end), thread: Some(thread) }
    }
}

impl Deref for Here {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Drop for Here {
    fn drop(&mut self) {
        // A service that failed has gone already, which the thread then tells.
        let _gone = self.end.take().is_some_and(|end| end.send(()).is_err());
        let ended = self.thread.take().map(JoinHandle::join);
        assert!(ended.is_none_or(|ended| ended.is_ok()) || std::thread::panicking());
    }
}

/// What a connection still gets until the service closes it.
fn until_closed(mut stream: TcpStream) -> Vec<u8> {
    let mut all = Vec::new();
    stream.read_to_end(&mut all).expect("it is closed before the time of reading is over");
    all
}

/// The header of a post that goes on for as long as its sender likes.
fn head(client: &Client, token: &str, target: &str, kind: &str, length: &str) -> String {
    format!(
        "POST {target} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: {kind}\r\n{length}\r\n\r\n",
        client.address
    )
}

#[test]
fn a_connection_that_is_silent_is_closed() {
    let ledger = Ledger::new();
    let server = Here::start(&ledger, Patience { idle: SHORT, whole: LONG });
    assert!(until_closed(server.connect()).is_empty(), "nothing was sent");
    for begun in ["G", "GET /v1/ledger HTTP/1.1\r\nHost: 127", "PRI * HTTP/2.0\r\n"] {
        let mut stream = server.connect();
        stream.write_all(begun.as_bytes()).unwrap();
        let answer = until_closed(stream);
        assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 4"), "{begun:?} {answer:?}");
    }
    // A line that was answered and is then left open.
    let mut stream = server.connect();
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\n\r\n", server.address);
    stream.write_all(request.as_bytes()).unwrap();
    assert_eq!(parse(&until_closed(stream)).unwrap().status, 200);
}

#[test]
fn a_body_that_stands_still_is_given_up() {
    let ledger = Ledger::new();
    let server = Here::start(&ledger, Patience { idle: SHORT, whole: LONG });
    let token = Keys::of(&ledger).get("operator");
    let posts = [
        ("/v1/events", "application/json", "Content-Length: 100"),
        ("/v1/events", "application/jsonl", "Content-Length: 100"),
        ("/v1/events?mode=continue", "application/jsonl", "Transfer-Encoding: chunked"),
    ];
    for (target, kind, length) in posts {
        for begun in ["", "5\r\n{\"id\""] {
            let mut stream = server.connect();
            let request = head(&server, &token, target, kind, length) + begun;
            stream.write_all(request.as_bytes()).unwrap();
            let answer = parse(&until_closed(stream)).expect("an answer before it is closed");
            answer.problem(408, "too_slow");
        }
    }
    // Its place among bulk posts is free again.
    assert_eq!(server.post_lines(&token, "/v1/events", "").gives(200).text(), "");
}

#[test]
fn a_request_ends_when_its_time_as_a_whole_is_over() {
    let ledger = Ledger::new();
    let server = Here::start(&ledger, Patience { idle: LONG, whole: SHORT });
    let token = Keys::of(&ledger).get("operator");
    for (kind, begun) in [("application/json", ""), ("application/jsonl", "{\"id\"")] {
        let mut stream = server.connect();
        let request = head(&server, &token, "/v1/events", kind, "Content-Length: 100") + begun;
        stream.write_all(request.as_bytes()).unwrap();
        let answer = parse(&until_closed(stream)).expect("an answer before it is closed");
        let answer = answer.problem(408, "out_of_time");
        assert!(answer.field("x-request-id").is_some(), "its line in the log can be found");
    }
    assert_eq!(server.get("/v1/ledger").gives(200).json()["as_of"]["size"], 184);
}

/// Sends a body of so many bytes in chunks that say nothing of the whole, and reads the answer.
fn send_unannounced(client: &Client, head: &str, bytes: u64) -> Answer {
    let mut stream = client.connect();
    stream.write_all(head.as_bytes()).unwrap();
    let part = vec![b' '; 1 << 20];
    let mut left = bytes;
    while left > 0 {
        let size = usize::try_from(left.min(part.len() as u64)).unwrap();
        stream.write_all(format!("{size:x}\r\n").as_bytes()).unwrap();
        stream.write_all(&part[..size]).unwrap();
        stream.write_all(b"\r\n").unwrap();
        left -= size as u64;
    }
    parse(&until_closed(stream)).expect("an answer before it is closed")
}

#[test]
fn a_body_too_large_is_refused_with_its_bound_announced_or_not() {
    let ledger = Ledger::new();
    let server = Server::start(&ledger);
    let token = Keys::of(&ledger).get("operator");
    for (target, kind, limit) in [
        ("/v1/events", "application/json", BODY_BYTES_MAX),
        ("/v1/events", "application/jsonl", ATOMIC_BODY_BYTES_MAX),
        ("/v1/events?mode=continue", "application/jsonl", BULK_BODY_BYTES_MAX),
    ] {
        let announced = format!("Content-Length: {}", limit + 1);
        let request = head(&server, &token, target, kind, &announced);
        let answer = server.raw(request.as_bytes()).unwrap().problem(413, "too_large");
        assert_eq!(answer.json()["limit_bytes"], limit, "{target} {kind}");
        // A gibibyte is only announced: its spool is the one that the atomic post fills.
        if limit < BULK_BODY_BYTES_MAX {
            let request = head(&server, &token, target, kind, "Transfer-Encoding: chunked");
            let answer = send_unannounced(&server, &request, limit + 1);
            assert_eq!(answer.problem(413, "too_large").json()["limit_bytes"], limit, "{kind}");
        }
    }
    // Nothing of them stays on the disk, and whoever sent them may post again.
    let left = std::fs::read_dir(ledger.path().join("index")).unwrap();
    let names = left.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(names.into_iter().all(|name| !name.starts_with("spool")));
    assert_eq!(server.post_lines(&token, "/v1/events", "").gives(200).text(), "");
}

#[test]
fn every_page_has_at_most_500_rows_and_100_unless_asked() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let server = Server::start(&ledger);
    let token = Keys::of(&ledger).get("operator");
    let paged = ROUTES.iter().filter(|route| route.query.iter().any(|one| one.name == "limit"));
    let paged: Vec<_> = paged.map(|route| route.path.replace("{jurisdiction}", "130723")).collect();
    assert!(paged.len() >= 8, "{paged:?}");
    for path in &paged {
        let ask = |limit: u64| server.get_as(&token, &format!("{path}?limit={limit}"));
        assert_eq!(ask(PAGE_MAX + 1).problem(400, "bad_parameter").json()["parameter"], "limit");
        let rows = ask(PAGE_MAX).gives(200).json()["rows"].as_array().unwrap().len();
        let unasked = server.get_as(&token, path).gives(200).json()["rows"].clone();
        let unasked = unasked.as_array().unwrap().len() as u64;
        assert_eq!(unasked, PAGE_DEFAULT.min(rows as u64), "{path}");
    }
    let first = server.get_as(&token, "/v1/records").gives(200).json();
    assert_eq!((first["rows"].as_array().unwrap().len(), &first["next"]), (100, &99.into()));
    assert_eq!(PAGE_MAX, 500);
}

#[test]
fn a_principal_holds_four_streams_and_a_fifth_is_told_to_wait() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let (server, mut keys) = (Server::start(&ledger), Keys::of(&ledger));
    let open = |token: &str| {
        let mut stream = server.connect();
        let request = format!(
            "GET /v1/stream HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\r\n",
            server.address
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        (String::from_utf8(status.to_vec()).unwrap(), stream)
    };
    let (operator, auditor) = (keys.get("operator"), keys.get("hb-audit-desk"));
    let mut streams: Vec<_> = (0..STREAMS_EACH_MAX).map(|_| open(&operator)).collect();
    assert!(streams.iter().all(|(status, _)| status == "HTTP/1.1 200"), "{streams:?}");
    assert_eq!(streams.len(), 4);
    let refused = server.get_as(&operator, "/v1/stream").problem(503, "busy");
    assert_eq!(refused.field("retry-after"), Some("1"));
    assert_eq!(open(&auditor).0, "HTTP/1.1 200", "another principal's are counted apart");
    // Whoever lets one go may open another, as soon as the service has noticed.
    drop(streams.pop());
    while open(&operator).0 != "HTTP/1.1 200" {
        std::thread::yield_now();
    }
}
