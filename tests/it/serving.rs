//! A running service, and a client that sends exactly what a test writes.

use super::support::Ledger;
use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::ops::Deref;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A running service: the real program.
pub struct Server {
    child: Child,
    said: Arc<Mutex<Vec<u8>>>,
    client: Client,
}

/// Asks a service over plain sockets.
pub struct Client {
    /// Where it listens.
    pub address: String,
}

impl Deref for Server {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

/// What was answered.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Names (lower case) and values of the header.
    pub header: Vec<(String, String)>,
    /// The body, its chunks put together.
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        match serde_json::from_slice(&self.body) {
            Ok(value) => value,
            Err(error) => panic!("{error}: {} {}", self.status, self.text()),
        }
    }

    /// The body as JSON lines.
    pub fn lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// A field of the header.
    pub fn field(&self, name: &str) -> Option<&str> {
        self.header.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The answer has this status.
    #[track_caller]
    pub fn gives(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// It is a problem with this status and code.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Answer {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.field("content-type"), Some("application/problem+json"));
        assert_eq!(self.json()["code"], code, "{}", self.text());
        self
    }
}

impl Server {
    /// Serves a ledger on a free port, and waits until it is ready.
    pub fn start(ledger: &Ledger) -> Server {
        Server::start_with(&ledger.path(), &[])
    }

    /// As [`Server::start`], with more arguments.
    pub fn start_with(folder: &Path, args: &[&str]) -> Server {
        Server::start_telling(folder, args, "warn")
    }

    /// As [`Server::start_with`], telling as much as `log` says.
    pub fn start_telling(folder: &Path, args: &[&str], log: &str) -> Server {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fundtrail"));
        command.arg("--ledger").arg(folder).args(["serve", "--listen", "127.0.0.1:0"]).args(args);
        command.env_remove("FUNDTRAIL_LEDGER").env("FUNDTRAIL_LOG", log);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).stdin(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut all = String::new();
        let (is_plain, address) = loop {
            let mut line = String::new();
            assert!(said.read_line(&mut line).unwrap() > 0, "it did not listen: {all}");
            if let Some((before, address)) = line.trim().split_once("://") {
                break (!before.ends_with("https"), address.to_owned());
            }
            all += &line;
        };
        // What it says later is read on, so that it never waits for us.
        let told = Arc::new(Mutex::new(all.into_bytes()));
        let rest = Arc::clone(&told);
        std::thread::spawn(move || {
            let mut line = Vec::new();
            while said.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
                rest.lock().unwrap().append(&mut line);
            }
        });
        let server = Server { child, said: told, client: Client { address } };
        // Over TLS it is for whoever speaks it to wait.
        if is_plain {
            server.wait_until_ready();
        }
        server
    }

    /// Ends it as a service manager does, and waits.
    pub fn end(mut self) {
        self.signal("TERM");
        assert!(self.child.wait().unwrap().success());
    }

    /// Kills it.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// What it has said on its error output.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&self.said.lock().unwrap()).into_owned()
    }

    fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }
}

impl Client {
    /// Waits until it is ready.
    pub fn wait_until_ready(&self) {
        while self.get("/readyz").status != 200 {
            std::thread::yield_now();
        }
    }

    /// Asks.
    pub fn get(&self, target: &str) -> Answer {
        self.ask("GET", target, &[], b"")
    }

    /// Asks with a token.
    pub fn get_as(&self, token: &str, target: &str) -> Answer {
        self.ask("GET", target, &[("Authorization", &format!("Bearer {token}"))], b"")
    }

    /// Posts one event with a token.
    pub fn post(&self, token: &str, target: &str, body: &str) -> Answer {
        self.send(token, target, "application/json", body)
    }

    /// Posts lines with a token.
    pub fn post_lines(&self, token: &str, target: &str, body: &str) -> Answer {
        self.send(token, target, "application/jsonl", body)
    }

    fn send(&self, token: &str, target: &str, kind: &str, body: &str) -> Answer {
        let token = format!("Bearer {token}");
        let header = [("Authorization", token.as_str()), ("Content-Type", kind)];
        self.ask("POST", target, &header, body.as_bytes())
    }

    /// Sends a request with these fields beside `Host` and `Content-Length`.
    pub fn ask(&self, method: &str, target: &str, header: &[(&str, &str)], body: &[u8]) -> Answer {
        let mut request = format!("{method} {target} HTTP/1.1\r\nConnection: close\r\n");
        if !header.iter().any(|(name, _)| *name == "Host") {
            request += &format!("Host: {}\r\n", self.address);
        }
        for (name, value) in header {
            request += &format!("{name}: {value}\r\n");
        }
        if !body.is_empty() {
            request += &format!("Content-Length: {}\r\n", body.len());
        }
        let mut bytes = (request + "\r\n").into_bytes();
        bytes.extend_from_slice(body);
        self.raw(&bytes).unwrap_or_else(|| panic!("{method} {target} was not answered"))
    }

    /// A connection.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        stream
    }

    /// Sends these bytes and reads the answer; none when the connection was closed on us.
    pub fn raw(&self, bytes: &[u8]) -> Option<Answer> {
        let mut stream = self.connect();
        // A service that refuses early closes before it has read everything.
        drop(stream.write_all(bytes));
        let mut all = Vec::new();
        drop(stream.read_to_end(&mut all));
        parse(&all)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Takes an answer apart.
pub fn parse(all: &[u8]) -> Option<Answer> {
    let end = all.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&all[..end]).unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let header: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut body = all[end + 4..].to_vec();
    if header.iter().any(|(name, value)| name == "transfer-encoding" && value == "chunked") {
        body = chunks(&body);
    }
    Some(Answer { status, header, body })
}

/// Puts chunks together.
fn chunks(mut rest: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    while let Some(end) = rest.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            break;
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
    body
}
