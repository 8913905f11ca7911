//! A real browser, driven over its DevTools protocol: what people see is held here, not what a
//! template says.
//!
//! Debian's Chromium, without a window; it is ended by its own process id. `tools/test` installs
//! it, a Chinese font and axe-core.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tungstenite::stream::MaybeTlsStream;
use tungstenite::{Message, WebSocket};

/// How long anything on a page may take before the test says what it waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// The folder that is built into.
fn scratch() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target")
}

/// A running browser.
pub struct Browser {
    child: Child,
    socket: WebSocket<MaybeTlsStream<TcpStream>>,
    next: u64,
    session: String,
    /// What the page said on its console, or failed to load.
    pub complaints: Vec<String>,
    /// The width that was set; a phone's own idea of it grows with what does not fit.
    width: u32,
    _profile: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn program() -> PathBuf {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let folders = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).collect();
    let mut candidates = names.iter().flat_map(|name| folders.iter().map(move |at| at.join(name)));
    candidates.find(|one| one.is_file()).expect("Chromium is installed: see tools/test")
}

impl Browser {
    /// Starts one with an empty page.
    pub fn start() -> Browser {
        Browser::start_with(&[])
    }

    /// As [`Browser::start`], with more arguments.
    pub fn start_with(args: &[&str]) -> Browser {
        let profile = tempfile::tempdir().unwrap();
        let mut child = Command::new(program())
            .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
            .args(["--no-first-run", "--disable-dev-shm-usage", "--disable-background-networking"])
            .args(["--lang=zh-CN", "--remote-debugging-port=0"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(args)
            .arg("about:blank")
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut lines = lines.map_while(Result::ok);
        let address =
            lines.find_map(|line| line.strip_prefix("DevTools listening on ").map(str::to_owned));
        // Whatever it writes later must not fill the pipe.
        std::thread::spawn(move || lines.for_each(drop));
        let (socket, _) = tungstenite::connect(address.expect("Chromium listens")).unwrap();
        if let tungstenite::stream::MaybeTlsStream::Plain(stream) = socket.get_ref() {
            // A browser that says nothing more fails the test rather than hold it for ever.
            stream.set_read_timeout(Some(PATIENCE)).unwrap();
        }
        let mut browser = Browser {
            child,
            socket,
            next: 0,
            session: String::new(),
            complaints: Vec::new(),
            width: 0,
            _profile: profile,
        };
        let made = browser.call("Target.createTarget", json!({"url": "about:blank"}));
        let attach = json!({"targetId": made["targetId"], "flatten": true});
        let attached = browser.call("Target.attachToTarget", attach);
        browser.session = attached["sessionId"].as_str().unwrap().to_owned();
        for domain in ["Page", "Runtime", "Log", "Network"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser.resize(1280, 900);
        browser
    }

    /// Calls a method of the protocol and gives its result.
    #[track_caller]
    pub fn call(&mut self, method: &str, params: Value) -> Value {
        let message = self.ask(method, params);
        assert!(message["error"].is_null(), "{method}: {}", message["error"]);
        message["result"].clone()
    }

    /// Calls a method of the protocol and gives its whole answer, an error too.
    fn ask(&mut self, method: &str, params: Value) -> Value {
        self.next += 1;
        let id = self.next;
        let mut request = json!({"id": id, "method": method, "params": params});
        if !self.session.is_empty() {
            request["sessionId"] = json!(self.session);
        }
        self.socket.send(Message::text(request.to_string())).unwrap();
        loop {
            let message = self.receive();
            if message["id"] == id {
                return message;
            }
        }
    }

    fn receive(&mut self) -> Value {
        let message = self.socket.read().expect("the browser answers in time");
        let message: Value = serde_json::from_str(message.to_text().unwrap()).unwrap();
        let params = &message["params"];
        match message["method"].as_str().unwrap_or_default() {
            "Runtime.exceptionThrown" => {
                self.complaints.push(params["exceptionDetails"].to_string());
            }
            "Runtime.consoleAPICalled" if params["type"] == "error" => {
                self.complaints.push(params["args"].to_string());
            }
            "Log.entryAdded" if params["entry"]["level"] == "error" => {
                self.complaints.push(params["entry"].to_string());
            }
            _ => {}
        }
        message
    }

    /// Sets the width and height of the window, in CSS pixels; a phone has two dots a pixel.
    pub fn resize(&mut self, width: u32, height: u32) {
        self.width = width;
        let phone = width < 600;
        let metrics = json!({
            "width": width, "height": height, "mobile": phone,
            "deviceScaleFactor": if phone { 2 } else { 1 },
        });
        self.call("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// Opens an address and waits until all of it is loaded.
    #[track_caller]
    pub fn open(&mut self, address: &str) {
        self.leave();
        let gone = self.call("Page.navigate", json!({"url": address}));
        assert!(gone["errorText"].is_null(), "{address}: {gone}");
        self.wait_loaded();
    }

    /// Opens an address whose page leads on by itself, and waits until a script gives true on the
    /// page that it ends at.
    #[track_caller]
    pub fn come_by(&mut self, address: &str, script: &str) {
        self.ask("Page.navigate", json!({"url": address}));
        let since = Instant::now();
        let script = format!("document.readyState === 'complete' && ({script})");
        let params = json!({"expression": script, "returnByValue": true});
        // While one page gives way to the next, asking either may fail.
        while self.ask("Runtime.evaluate", params.clone())["result"]["result"]["value"] != true {
            assert!(since.elapsed() < PATIENCE, "{script} comes true: {}", self.text("body"));
        }
    }

    /// Runs a script on every page that is opened from now on, before its own.
    pub fn before_pages(&mut self, script: &str) {
        self.call("Page.addScriptToEvaluateOnNewDocument", json!({"source": script}));
    }

    /// Does something that leads to another page, and waits until that is loaded.
    #[track_caller]
    pub fn follow(&mut self, script: &str) {
        self.leave();
        let params = json!({"expression": script, "userGesture": true});
        let answer = self.ask("Runtime.evaluate", params);
        let thrown = &answer["result"]["exceptionDetails"];
        assert!(thrown.is_null(), "{script}: {thrown}");
        // A page that is already left answers no more, which is what was wanted.
        let error = answer["error"]["message"].as_str().unwrap_or_default();
        assert!(error.is_empty() || error.contains("navigated"), "{script}: {error}");
        self.wait_loaded();
    }

    /// Marks the page that is about to be left. The event of a page that was loaded would not tell
    /// which one it was: a late one of the page before could stand for that of the next.
    fn leave(&mut self) {
        self.ask("Runtime.evaluate", json!({"expression": "window.isLeft = true"}));
    }

    /// Waits until another page than the one that was left is loaded, its modules with it.
    #[track_caller]
    fn wait_loaded(&mut self) {
        let since = Instant::now();
        let script = "window.isLeft === undefined && document.readyState === 'complete'";
        let params = json!({"expression": script, "returnByValue": true});
        // While one page gives way to the next, asking either may fail.
        while self.ask("Runtime.evaluate", params.clone())["result"]["result"]["value"] != true {
            assert!(since.elapsed() < PATIENCE, "a page loads");
        }
    }

    /// Runs a script and gives its value; a promise is waited for.
    #[track_caller]
    pub fn run(&mut self, script: &str) -> Value {
        let params = json!({
            "expression": script, "awaitPromise": true, "returnByValue": true, "userGesture": true,
        });
        let result = self.call("Runtime.evaluate", params);
        assert!(result["exceptionDetails"].is_null(), "{script}: {}", result["exceptionDetails"]);
        result["result"]["value"].clone()
    }

    /// Waits until a script gives something true.
    #[track_caller]
    pub fn until(&mut self, script: &str) -> Value {
        let since = Instant::now();
        loop {
            let value = self.run(script);
            if value.as_bool() != Some(false) && !value.is_null() && value != json!("") {
                return value;
            }
            assert!(since.elapsed() < PATIENCE, "{script} comes true: {}", self.text("body"));
        }
    }

    /// The text that a person reads in an element.
    #[track_caller]
    pub fn text(&mut self, selector: &str) -> String {
        let script = format!("document.querySelector({}).innerText", json!(selector));
        self.run(&script).as_str().unwrap_or_default().to_owned()
    }

    /// Types into a field, replacing what stands there, as a person's input would.
    #[track_caller]
    pub fn fill(&mut self, selector: &str, value: &str) {
        self.run(&format!(
            "{{const field = document.querySelector({}); field.value = {};
               field.dispatchEvent(new Event('input', {{bubbles: true}}));
               field.dispatchEvent(new Event('change', {{bubbles: true}}));}}",
            json!(selector),
            json!(value)
        ));
    }

    /// Presses what submits a form, or follows a link, and waits for the page behind it.
    #[track_caller]
    pub fn press(&mut self, selector: &str) {
        self.follow(&format!("document.querySelector({}).click()", json!(selector)));
    }

    /// A picture of the whole page, for a reader to look at: `target/pages/NAME.png`.
    pub fn picture(&mut self, name: &str) {
        let params = json!({"format": "png", "captureBeyondViewport": true});
        let shot = self.call("Page.captureScreenshot", params);
        let bytes = base64::Engine::decode(
            &base64::prelude::BASE64_STANDARD,
            shot["data"].as_str().unwrap(),
        );
        let folder = scratch().join("pages");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(format!("{name}.png")), bytes.unwrap()).unwrap();
    }

    /// The page at both widths: no complaint, nothing to scroll sideways, no violation that axe
    /// finds; a picture of each.
    #[track_caller]
    pub fn holds(&mut self, address: &str, name: &str) {
        for (width, height) in [(1280, 900), (390, 844)] {
            self.resize(width, height);
            self.complaints.clear();
            self.open(address);
            self.stands(&format!("{name}-{width}"));
        }
    }

    /// The page as it stands now.
    #[track_caller]
    pub fn stands(&mut self, name: &str) {
        self.picture(name);
        let wide = self.run("document.documentElement.scrollWidth").as_i64().unwrap();
        let over = wide - i64::from(self.width);
        assert!(over <= 0, "{name} scrolls sideways by {over}");
        assert_eq!(self.complaints, Vec::<String>::new(), "{name}");
        let found = self.axe();
        assert_eq!(found, json!([]), "{name}: {found:#}");
    }

    /// What axe finds serious or critical, in short.
    #[track_caller]
    pub fn axe(&mut self) -> Value {
        static AXE: std::sync::OnceLock<Arc<str>> = std::sync::OnceLock::new();
        let axe = AXE.get_or_init(|| {
            let path = Path::new("node_modules/axe-core/axe.min.js");
            let path = scratch().join("axe").join(path);
            let text = std::fs::read_to_string(&path);
            text.unwrap_or_else(|error| panic!("{}: {error}; see tools/test", path.display()))
                .into()
        });
        self.run(axe);
        self.run(
            "axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations
               .filter((one) => ['serious', 'critical'].includes(one.impact))
               .map((one) => ({rule: one.id, help: one.help,
                 at: one.nodes.slice(0, 3).map((node) => node.html)})))",
        )
    }
}
