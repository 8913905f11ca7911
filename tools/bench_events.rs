//! Events for the benchmark: the golden year's mix in any number, all accepted by the rules.
//!
//! First what the mix rests on (bodies, principals, lots, projects of the counties), then rounds of
//! an allocation, a commitment of two lots, a payment and a gift. The same number gives the same
//! bytes; names and numbers are made up.

use fundtrail::base::{Digest, EventId};
use fundtrail::ledger::builtin_jurisdictions;
use std::io::{self, Write};

/// One project of a county in so many is worked on at a time.
const PROJECTS: u64 = 8;

/// Lots of the province, drawn on by the counties in pairs.
const LOT_PAIRS: u64 = 10;

/// So many events make one county worth registering.
const EVENTS_PER_COUNTY: u64 = 1000;

/// Writes events as lines of `post`.
pub struct Events<W> {
    out: W,
    written: u64,
    namespace: EventId,
    counties: Vec<String>,
}

/// The envelope of one event.
struct Envelope<'e> {
    poster: &'e str,
    org: &'e str,
    kind: &'e str,
    jurisdiction: &'e str,
    date: &'e str,
    document: Option<&'e str>,
}

impl<W: Write> Events<W> {
    /// Writes exactly `count` events, so that a benchmark names a round figure.
    ///
    /// # Errors
    /// They cannot be written, or `count` is less than what one county rests on.
    pub fn write(out: W, count: u64) -> io::Result<()> {
        let wanted = usize::try_from(count / EVENTS_PER_COUNTY).unwrap_or(usize::MAX).max(1);
        let county = |line: &str| {
            let mut cells = line.split(',');
            let code = cells.next()?;
            (cells.nth(2)? == "county").then(|| code.to_owned())
        };
        let counties = builtin_jurisdictions().lines().filter_map(county).take(wanted).collect();
        let namespace = EventId::derived(&EventId(0), b"fundtrail benchmark");
        let mut events = Events { out, written: 0, namespace, counties };
        events.province()?;
        for at in 0..events.counties.len() as u64 {
            events.county(at)?;
        }
        if events.written > count {
            let least = format!("at least {} events are needed", events.written);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, least));
        }
        for round in 0.. {
            if !events.round(round, count)? {
                break;
            }
        }
        events.out.flush()
    }

    fn event(&mut self, envelope: &Envelope<'_>, data: &str) -> io::Result<()> {
        let number = self.written;
        self.written += 1;
        let id = EventId::derived(&self.namespace, &number.to_be_bytes());
        let Envelope { poster, org, kind, jurisdiction, date, document } = envelope;
        write!(
            self.out,
            "{{\"as\": \"{poster}\", \"event\": {{\"id\": \"{id}\", \"type\": \"{kind}\", \
             \"jurisdiction\": \"{jurisdiction}\", \"business_date\": \"{date}\", \
             \"by\": {{\"org\": \"{org}\", \"maker\": \"m-02\", \"checker\": \"m-07\"}}, \"docs\": ["
        )?;
        if let Some(document) = document {
            let sha256 = Digest::of(&[b"document", &number.to_be_bytes()]);
            let label = format!("{document}〔2017〕示例{number}号");
            write!(self.out, "{{\"number\": \"{label}\", \"sha256\": \"{sha256}\"}}")?;
        }
        writeln!(self.out, "], \"data\": {{{data}}}}}}}")
    }

    fn register(&mut self, data: &str, kind: &str) -> io::Result<()> {
        let envelope = Envelope {
            poster: "operator",
            org: "platform",
            kind,
            jurisdiction: "130000",
            date: "2017-01-03",
            document: None,
        };
        self.event(&envelope, data)
    }

    /// A body and, with a role, the principal that posts for it.
    fn body(&mut self, org: &str, kind: &str, role: Option<&str>, code: &str) -> io::Result<()> {
        let data = format!(
            "\"org\": \"{org}\", \"name\": \"{org}(示例)\", \"kind\": \"{kind}\", \
             \"jurisdiction\": \"{code}\""
        );
        self.register(&data, "organization_registered")?;
        let Some(role) = role else { return Ok(()) };
        let data = format!(
            "\"principal\": \"{org}-desk\", \"role\": \"{role}\", \"scope\": \"{code}\", \
             \"org\": \"{org}\", \"signing\": \"optional\""
        );
        self.register(&data, "principal_registered")
    }

    fn province(&mut self) -> io::Result<()> {
        self.body("hb-finance", "finance_bureau", Some("bureau"), "130000")?;
        for lot in 0..2 * LOT_PAIRS {
            let envelope = Envelope {
                poster: "hb-finance-desk",
                org: "hb-finance",
                kind: "funds_received",
                jurisdiction: "130000",
                date: "2017-03-01",
                document: Some("财农"),
            };
            let data = format!(
                "\"lot\": \"L-2017-{lot}\", \"fund\": \"central_special\", \"fiscal_year\": 2017, \
                 \"amount_fen\": 400000000000000, \"provider\": \"central\", \"purpose\": []"
            );
            self.event(&envelope, &data)?;
        }
        Ok(())
    }

    fn county(&mut self, at: u64) -> io::Result<()> {
        let code = self.code(at);
        self.body(&format!("finance-{code}"), "finance_bureau", Some("bureau"), &code)?;
        self.body(&format!("poverty-{code}"), "poverty_office", Some("poverty_office"), &code)?;
        self.body(&format!("charity-{code}"), "custodian", Some("custodian"), &code)?;
        self.body(&format!("unit-{code}"), "implementing_unit", None, &code)?;
        self.body(&format!("road-{code}"), "payee", None, &code)?;
        for lot in lots_of(at) {
            self.allocate(&code, &lot, 1_000_000)?;
        }
        let org = format!("poverty-{code}");
        let poster = format!("{org}-desk");
        for project in 0..PROJECTS {
            let mut envelope = Envelope {
                poster: &poster,
                org: &org,
                kind: "project_admitted",
                jurisdiction: &code,
                date: "2017-04-20",
                document: Some("扶库"),
            };
            let name = project_of(&code, project);
            let data = format!(
                "\"project\": \"{name}\", \"name\": \"村道路硬化(示例)\", \
                 \"category\": \"infrastructure\", \"village_codes\": [\"{code}200201\"], \
                 \"unit\": \"unit-{code}\", \"estimate_fen\": 9000000000000, \"households\": 120, \
                 \"goals\": \"硬化道路 6 公里\""
            );
            self.event(&envelope, &data)?;
            envelope.kind = "project_approved";
            envelope.date = "2017-04-28";
            let data = format!(
                "\"project\": \"{name}\", \"approved_fen\": 9000000000000, \
                 \"sources\": [\"central_special\", \"donation\"]"
            );
            self.event(&envelope, &data)?;
        }
        Ok(())
    }

    /// The four events of a round, as many as are still wanted; tells whether more are.
    fn round(&mut self, round: u64, count: u64) -> io::Result<bool> {
        let counties = self.counties.len() as u64;
        let (at, visit) = (round % counties, round / counties);
        let code = self.code(at);
        let [one, other] = lots_of(at);
        let project = project_of(&code, visit % PROJECTS);
        let turn = if visit % 2 == 0 { &one } else { &other };
        for step in 0..4 {
            if self.written == count {
                return Ok(false);
            }
            match step {
                0 => self.allocate(&code, turn, 300_000)?,
                1 => self.commit(&code, &project, [&one, &other])?,
                2 => self.pay(&code, &project, turn)?,
                _ => self.gift(&code)?,
            }
        }
        Ok(true)
    }

    fn allocate(&mut self, code: &str, lot: &str, amount_fen: u64) -> io::Result<()> {
        let envelope = Envelope {
            poster: "hb-finance-desk",
            org: "hb-finance",
            kind: "allocation_made",
            jurisdiction: "130000",
            date: "2017-03-15",
            document: Some("冀财农"),
        };
        let data = format!("\"lot\": \"{lot}\", \"to\": \"{code}\", \"amount_fen\": {amount_fen}");
        self.event(&envelope, &data)
    }

    fn commit(&mut self, code: &str, project: &str, lots: [&str; 2]) -> io::Result<()> {
        let data = format!(
            "\"project\": \"{project}\", \"from\": \"available\", \"lots\": \
             [{{\"lot\": \"{}\", \"amount_fen\": 100000}}, {{\"lot\": \"{}\", \"amount_fen\": 100000}}]",
            lots[0], lots[1]
        );
        self.of_county(code, ["finance", "funds_committed", "财指"], &data)
    }

    fn pay(&mut self, code: &str, project: &str, lot: &str) -> io::Result<()> {
        let number = self.written;
        let contract = Digest::of(&[b"contract", project.as_bytes()]);
        let data = format!(
            "\"project\": \"{project}\", \"kind\": \"payment\", \"payee\": \"road-{code}\", \
             \"method\": \"transfer\", \"bank_ref\": \"B2017-{number}\", \
             \"basis\": {{\"kind\": \"contract\", \"number\": \"HT-{project}\", \
             \"sha256\": \"{contract}\"}}, \"lots\": [{{\"lot\": \"{lot}\", \"amount_fen\": 50000}}]"
        );
        self.of_county(code, ["finance", "disbursement_made", "财付"], &data)
    }

    fn gift(&mut self, code: &str) -> io::Result<()> {
        let number = self.written;
        let data = format!(
            "\"lot\": \"G-{number}\", \"donor\": \"d-{:x}\", \"donor_kind\": \"person\", \
             \"custodian\": \"charity-{code}\", \"amount_fen\": 5000, \
             \"bank_ref\": \"G2017-{number}\", \"intent\": {{\"villages\": [\"{code}200201\"], \
             \"text\": \"修路\", \"fallback\": \"ask\"}}, \"anonymity\": \"alias\"",
            number / 2
        );
        self.of_county(code, ["charity", "donation_received", "慈收"], &data)
    }

    fn of_county(&mut self, code: &str, who: [&str; 3], data: &str) -> io::Result<()> {
        let [body, kind, document] = who;
        let org = format!("{body}-{code}");
        let envelope = Envelope {
            poster: &format!("{org}-desk"),
            org: &org,
            kind,
            jurisdiction: code,
            date: "2017-10-17",
            document: Some(document),
        };
        self.event(&envelope, data)
    }

    fn code(&self, at: u64) -> String {
        let at = usize::try_from(at).expect("there are fewer than 200 counties");
        self.counties[at].clone()
    }
}

fn lots_of(county: u64) -> [String; 2] {
    let pair = county % LOT_PAIRS;
    [format!("L-2017-{}", 2 * pair), format!("L-2017-{}", 2 * pair + 1)]
}

fn project_of(code: &str, project: u64) -> String {
    format!("P-{code}-{project}")
}
