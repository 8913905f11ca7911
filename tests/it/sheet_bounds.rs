//! The bounds of sheets at the desk: too large, too heavy, too slow. Each gets its own clear
//! answer, nothing is recorded, and the service reads the next sheet.

use super::serve::Keys;
use super::serve_bounds::Here;
use super::serving::Answer;
use super::support::Ledger;
use fundtrail::access::sessions::form_token;
use fundtrail::interchange::import::{FILE_BYTES_MAX, ROWS_MAX, UNPACKED_BYTES_MAX};
use fundtrail::service::Settings;
use fundtrail::service::bounds::{SINGLE_POSTS_MAX, SheetReading};
use std::io::Write;
use std::path::PathBuf;

const BOUNDARY: &str = "a-boundary-of-the-test";

/// A service that reads sheets by the real program within these bounds, and an open session.
struct Desk {
    ledger: Ledger,
    server: Here,
    secret: String,
    records: usize,
}

impl Desk {
    fn open(memory_bytes: u64, seconds: u64) -> Desk {
        let ledger = Ledger::with(&["golden.jsonl"]);
        let token = Keys::of(&ledger).get("kb-finance-desk");
        let program = Some(PathBuf::from(env!("CARGO_BIN_EXE_fundtrail")));
        let sheets = SheetReading { program, memory_bytes, seconds };
        let records = ledger.records().len();
        let server = Here::start_with(&ledger, Settings { sheets, ..Settings::default() });
        let own = [
            ("Sec-Fetch-Site", "same-origin"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ];
        let form = format!("token={token}&to=/desk/import");
        let opened = server.ask("POST", "/sign-in", &own, form.as_bytes()).gives(303);
        let cookie = opened.field("set-cookie").unwrap();
        let secret = cookie.strip_prefix("__Host-session=").unwrap().split(';').next().unwrap();
        Desk { secret: secret.to_owned(), ledger, server, records }
    }

    fn send(&self, name: &str, bytes: &[u8]) -> Answer {
        let token = form_token(&self.secret);
        let field = |name: &str, value: &str| {
            format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            )
        };
        let fields =
            [("form_token", token.as_str()), ("kind", "allocations"), ("checker", "kb-07")];
        let mut body: Vec<u8> =
            fields.iter().flat_map(|(name, value)| field(name, value).into_bytes()).collect();
        let file = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\
             \r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(file.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let cookie = format!("__Host-session={}", self.secret);
        let header = [
            ("Sec-Fetch-Site", "same-origin"),
            ("Cookie", cookie.as_str()),
            ("Content-Type", &format!("multipart/form-data; boundary={BOUNDARY}")),
        ];
        self.server.ask("POST", "/desk/import", &header, &body)
    }

    /// The sheet is refused with this code and these words, and the service goes on.
    #[track_caller]
    fn refuses(&self, name: &str, bytes: &[u8], code: &str, words: &str) {
        let answer = self.send(name, bytes).gives(422).text();
        assert!(answer.contains(words) && answer.contains(code), "{answer}");
        assert!(answer.contains("这张表读不了") && answer.contains("没有记任何账"), "{answer}");
        self.goes_on();
    }

    /// The service lives, nothing was recorded, and a small sheet is read.
    #[track_caller]
    fn goes_on(&self) {
        self.server.get("/healthz").gives(200);
        assert_eq!(self.ledger.records().len(), self.records);
        let small = "下达日期,资金批次,县代码,金额（元）\n2018-01-10,L1,130723,1\n";
        let read = self.send("small.csv", small.as_bytes()).gives(303);
        assert_eq!(read.field("location"), Some("/desk/import"));
    }
}

/// A sheet of so many cells, far below every bound but that of memory or time.
fn heavy(cells: usize) -> Vec<u8> {
    let row = format!("{}1\n", "1,".repeat(249));
    row.repeat(cells / 250).into_bytes()
}

/// A workbook with one part that unpacks to so many bytes.
fn unpacks_to(bytes: u64) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_level(Some(1));
    zip.start_file("xl/worksheets/sheet1.xml", options).unwrap();
    let block = vec![b' '; 1 << 20];
    for _ in 0..bytes.div_ceil(1 << 20) {
        zip.write_all(&block).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_sheet_beyond_a_bound_of_size_is_told_which() {
    let desk = Desk::open(2 << 30, 60);
    let rows = "1\n".repeat(ROWS_MAX + 1);
    desk.refuses("rows.csv", rows.as_bytes(), "too_large", "超过 200000 行");
    let unpacked = unpacks_to(UNPACKED_BYTES_MAX + 1);
    assert!(unpacked.len() < 4 << 20, "it is small until it is unpacked");
    desk.refuses("unpacked.xlsx", &unpacked, "too_large", "展开以后超过 128 MiB");
    // The file itself: one byte more than it may have, and far more than the body may have.
    let whole = vec![b'1'; FILE_BYTES_MAX + 1];
    for bytes in [whole.as_slice(), &[whole.as_slice(), &[b'1'; 1 << 20]].concat()] {
        let answer = desk.send("bytes.csv", bytes).gives(413).text();
        assert!(answer.contains("最多 16 MiB") && answer.contains("没有记任何账"), "{answer}");
        desk.goes_on();
    }
}

#[test]
fn a_wide_sheet_that_is_nearly_empty_takes_no_room_for_what_is_not_there() {
    // Written out, its cells would be fifty million.
    let desk = Desk::open(512 << 20, 60);
    let header = format!("下达日期,资金批次,县代码,金额（元）{}\n", ",x".repeat(250));
    let sheet = header + &"2018-01-10\n".repeat(ROWS_MAX - 1);
    desk.send("wide.csv", sheet.as_bytes()).gives(303);
    desk.goes_on();
}

#[test]
fn a_sheet_that_takes_too_much_memory_ends_its_reader_alone() {
    let desk = Desk::open(128 << 20, 60);
    desk.refuses("heavy.csv", &heavy(3_900_000), "too_much_memory", "超过 128 MiB");
}

#[test]
fn a_sheet_that_takes_too_long_ends_its_reader_alone() {
    let desk = Desk::open(2 << 30, 1);
    desk.refuses("slow.csv", &heavy(3_900_000), "too_much_time", "超过 1 秒");
}

#[test]
fn a_form_that_meets_a_busy_service_stands_in_the_answer() {
    let desk = Desk::open(2 << 30, 60);
    let limits = &desk.server.service.limits;
    let taken: Vec<_> = (0..SINGLE_POSTS_MAX).map(|_| limits.single_post().unwrap()).collect();
    let cookie = format!("__Host-session={}", desk.secret);
    let header = [
        ("Sec-Fetch-Site", "same-origin"),
        ("Cookie", cookie.as_str()),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    let id = "0195a7c2-0000-7000-8000-000000000001";
    let form = format!(
        "form_token={}&act=post&id={id}&business_date=2018-01-10&data.lot=L1\
         &data.from=available&data.amount_fen=1&data.reason=quota_cut&docs.0.number=%E7%A4%BA%E4%BE%8B&docs.0.sha256={}&by.maker=kb-02&by.checker=kb-07",
        form_token(&desk.secret),
        "ab".repeat(32),
    );
    let path = "/desk/post/funds_withdrawn";
    let post = || desk.server.ask("POST", path, &header, form.as_bytes());
    let answer = post().gives(503);
    assert_eq!(answer.field("retry-after"), Some("1"));
    let page = answer.text();
    for kept in
        ["单子还在，请过 1 秒再按，不会重复", id, "示例", "再按一次", "value=\"post\"", path]
    {
        assert!(page.contains(kept), "{kept}: {page}");
    }
    assert_eq!(desk.ledger.records().len(), desk.records);
    drop(taken);
    // There is room: the rules answer the same form.
    let page = post().gives(422).text();
    assert!(page.contains("不予入账"), "{page}");
}
