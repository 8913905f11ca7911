//! The harness of the rules' tables: rows such as
//! `given @L1 @P1 | when kb-finance funds_committed project=P1 … | then refused above_approved`.
//!
//! An event is written as `POSTER TYPE field=value …`; `date=`, `here=`, `maker=`, `checker=`,
//! `approver=`, `docs=none`, `note=`, `org=`… of the envelope are told by their names with a leading
//! `.` where a body has a field of the same name. Names with `@` stand for prepared steps and papers;
//! `#last`, `#first` and `#commit` for ids of events given. `.signed=KEY,KEY` are the keys whose
//! signatures are right, `.badly_signed=true` adds a wrong one, `.by_program=true` is the program's own.
//! `@key:07` is a key of 32 bytes 07, `@log:NAME:07` and `@witness:NAME:07` are its vkeys; `#size` and
//! `#root` are the tree's.

use super::decide::{Facts, Past, PastEvent};
use super::event::{Event, EventSeed, Type};
use super::movement::Written;
use super::refusal::{Code, Refusal};
use super::state::{State, Step};
use super::vkey;
use crate::base::{Digest, EventId, Stamp};
use serde::de::DeserializeSeed;
use serde_json::{Map, Value, json};

/// Steps that rows begin with.
const PREPARED: &[(&str, &str)] = &[
    (
        "@L1",
        "hb-finance funds_received lot=L1 fund=central_special fiscal_year=2017 amount_fen=1000 provider=central purpose=[] date=2017-03-01; hb-finance allocation_made lot=L1 to=130723 amount_fen=600 date=2017-03-15",
    ),
    (
        "@budget",
        "kb-finance budget_adopted fund=county_own fiscal_year=2017 amount_fen=1000 date=2017-03-01",
    ),
    (
        "@pairing",
        "hb-poverty pairing_declared pairing=cy-kb helper=bj-chaoyang helped=130723 agreement=x date=2017-01-10",
    ),
    (
        "@admitted",
        "kb-poverty project_admitted project=P1 name=x category=infrastructure village_codes=[\"130723200201\"] unit=kb-unit estimate_fen=1000 households=1 goals=x date=2017-04-20",
    ),
    (
        "@P1",
        "@admitted; kb-poverty project_approved project=P1 approved_fen=1000 sources=[\"central_special\",\"agri\",\"county_own\",\"donation\",\"paired\"] date=2017-04-28",
    ),
    (
        "@small",
        "@admitted; kb-poverty project_approved project=P1 approved_fen=100 sources=[\"central_special\"] date=2017-04-28",
    ),
    (
        "@P2",
        "kb-poverty project_admitted project=P2 name=x category=housing village_codes=[\"130723201219\"] unit=kb-unit estimate_fen=1000 households=1 goals=x date=2017-04-20; kb-poverty project_approved project=P2 approved_fen=1000 sources=[\"central_special\",\"donation\"] date=2017-04-28",
    ),
    (
        "@office",
        "kb-poverty project_admitted project=P3 name=x category=office_buildings village_codes=[] unit=kb-unit estimate_fen=1000 households=1 goals=x date=2017-04-20; kb-poverty project_approved project=P3 approved_fen=1000 sources=[\"central_special\",\"donation\"] date=2017-04-28",
    ),
    (
        "@committed",
        "@L1; @P1; kb-finance funds_committed project=P1 from=available lots=L1:300 date=2017-05-02",
    ),
    (
        "@paid",
        "@committed; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:300 date=2017-05-10",
    ),
    (
        "@advanced",
        "@committed; kb-finance disbursement_made project=P1 kind=advance payee=kb-unit method=transfer bank_ref=B1 basis=@contract lots=L1:300 date=2017-05-10",
    ),
    (
        "@cap",
        "kb-poverty policy_set key=advance_cap_bp value=2000 unit=bp source=x effective_from=2017-01-01",
    ),
    (
        "@bond",
        "kb-finance funds_received lot=L5 fund=bond fiscal_year=2017 amount_fen=1000 provider=x purpose=[] date=2017-03-01",
    ),
    (
        "@purpose",
        "kb-finance funds_received lot=L6 fund=agri item=a fiscal_year=2017 amount_fen=1000 provider=x purpose=[\"housing\"] date=2017-03-01",
    ),
    (
        "@agri",
        "kb-finance funds_received lot=L3 fund=agri item=agri-road fiscal_year=2017 amount_fen=1000 provider=x purpose=[] date=2017-03-01",
    ),
    (
        "@plan",
        "kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"agri-road\",\"planned_fen\":500}] filed_to=130000 version=1 date=2017-04-10",
    ),
    (
        "@consolidated",
        "@agri; @plan; kb-finance funds_consolidated plan=K1 lots=L3:400 date=2017-04-12",
    ),
    (
        "@G1",
        "kb-charity donation_received lot=G1 donor=d-1 donor_kind=person custodian=kb-charity amount_fen=500 bank_ref=GB1 intent={\"fallback\":\"ask\",\"villages\":[\"130723200201\"]} anonymity=alias date=2017-03-01",
    ),
    (
        "@G2",
        "kb-charity donation_received lot=G2 donor=d-2 donor_kind=person custodian=kb-charity amount_fen=500 bank_ref=GB2 intent={\"fallback\":\"ask\"} anonymity=alias date=2017-03-01",
    ),
    (
        "@coded",
        "kb-charity donation_received lot=G2 donor=d-2 donor_kind=person custodian=kb-charity amount_fen=500 bank_ref=GB2 intent={\"fallback\":\"ask\"} anonymity=alias lookup_sha256=@digest date=2017-03-01",
    ),
    ("@R1", "kb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=500 date=2017-03-02"),
    (
        "@paired",
        "@pairing; kb-finance funds_received lot=L7 fund=paired class=fiscal fiscal_year=2017 amount_fen=50 provider=x purpose=[] pairing=cy-kb date=2017-03-01",
    ),
    (
        "@notice",
        "kb-poverty policy_set key=disclosure_min_days value=15 unit=days source=x effective_from=2018-05-01",
    ),
    (
        "@refunded",
        "kb-charity donation_refunded lot=G1 amount_fen=100 reason=agreement bank_ref=B1 date=2017-03-03",
    ),
    (
        "@campaign",
        "kb-charity donation_received lot=C1 donor=d-1 donor_kind=person custodian=kb-charity amount_fen=5 intent={\"fallback\":\"ask\"} anonymity=public campaign=spring; kb-charity donation_received lot=C2 donor=d-2 donor_kind=person custodian=kb-charity amount_fen=7 intent={\"fallback\":\"ask\"} anonymity=public campaign=spring",
    ),
    (
        "@told",
        "@G1; kb-charity feedback_sent lots=[\"G1\"] kind=receipt as_of=#last received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter date=2017-03-02",
    ),
    (
        "@desk",
        "operator principal_registered principal=gift-desk role=donor scope=130000 org=platform signing=optional",
    ),
    (
        "@gifted",
        "@P1; kb-charity funds_committed project=P1 from=available lots=G1:200 date=2017-05-02",
    ),
    (
        "@given",
        "@G1; @gifted; kb-charity disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=GB9 basis=@contract lots=G1:200 date=2017-05-10",
    ),
    (
        "@accepted",
        "kb-poverty project_accepted project=P1 acceptors=[\"kb-poverty\"] date=2017-11-20",
    ),
    (
        "@twosources",
        "@L1; @P1; hb-finance funds_committed project=P1 from=available lots=L1:100 date=2017-05-02; kb-finance funds_committed project=P1 from=available lots=L1:100 date=2017-05-02",
    ),
    (
        "@invoiced",
        "@committed; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@invoice lots=L1:100",
    ),
    (
        "@vouched",
        "@committed; kb-finance disbursement_made project=P1 kind=payment payee=kb-unit method=transfer bank_ref=B1 basis=@contract vouchers=@vouchers:100 lots=L1:100",
    ),
    (
        "@bridged",
        "@L1; @agri; @P1; kb-finance funds_committed project=P1 from=available lots=L3:200; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L3:100",
    ),
    (
        "@charged",
        "@G3; @P1; zjk-charity funds_committed project=P1 from=available lots=G3:200; zjk-charity disbursement_made project=P1 kind=fee payee=road-co method=transfer bank_ref=B1 basis=@contract lots=G3:50",
    ),
    (
        "@G3",
        "zjk-charity donation_received lot=G3 donor=d-3 donor_kind=person custodian=zjk-charity amount_fen=500 bank_ref=GB3 intent={\"fallback\":\"ask\",\"fee_cap_bp\":1000} anonymity=alias date=2017-03-01",
    ),
    (
        "@finding",
        "hb-audit finding_raised finding=F1 rule=manual subjects={\"project\":\"P1\",\"organization\":\"road-co\"} severity=risk evidence=[] text=x here=130723",
    ),
    (
        "@continued",
        "operator ledger_continued from_origin=test.example/ledger size=#size root=#root origin=abc vkey=@log:abc:01 reason=x .by_program=true",
    ),
    ("@witness", "operator witness_registered name=w1 vkey=@witness:w1:77 org=hb-audit"),
    (
        "@signing",
        "operator principal_revoked principal=kb-finance reason=x; operator principal_registered principal=kb-signer role=bureau scope=130723 org=kb-finance signing=required public_key=@key:a1 .signed=@key:a1",
    ),
    (
        "@signing2",
        "operator principal_registered principal=kb-signer2 role=bureau scope=130723 org=kb-finance signing=required public_key=@key:a5 .signed=@key:a1,@key:a5",
    ),
    (
        "@above",
        "operator principal_key_changed principal=zjk-finance public_key=@key:a2 .signed=@key:a2; operator principal_key_changed principal=hb-discipline public_key=@key:a3 .signed=@key:a3; operator principal_key_changed principal=zb-finance public_key=@key:a4 .signed=@key:a4",
    ),
    (
        "@city-operator",
        "operator organization_registered org=zjk-platform name=x kind=platform jurisdiction=130700; operator principal_registered principal=city-operator role=operator scope=130700 org=zjk-platform signing=optional",
    ),
    (
        "@renamed",
        "hb-poverty jurisdiction_renamed code=130723 name=y new_code=130708 effective=2018-01-01",
    ),
    (
        "@exited",
        "hb-poverty poverty_status_changed code=130723 from=national to=exited effective=2018-05-01",
    ),
    (
        "@province-cap",
        "hb-poverty policy_set key=advance_cap_bp value=4000 unit=bp source=x effective_from=2017-01-01",
    ),
    (
        "@pairing2",
        "hb-poverty pairing_declared pairing=P-2 helper=bj-chaoyang helped=130723 agreement=x date=2018-03-01",
    ),
    (
        "@filed",
        "kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=hb-poverty",
    ),
    (
        "@ordered",
        "@paid; @finding; kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:100 date=2017-07-01",
    ),
];

/// Papers that fields are filled with.
fn paper(name: &str) -> Option<Value> {
    let name = name.strip_prefix('@')?;
    if let Some((kind, said)) = name.split_once(':') {
        return numbered_paper(kind, said);
    }
    let digest = "ab".repeat(32);
    match name {
        "digest" => Some(json!(digest)),
        "digest2" => Some(json!("cd".repeat(32))),
        "contract" => Some(json!({ "kind": "contract", "number": "HT-1", "sha256": digest })),
        "invoice" => Some(
            json!({ "kind": "invoice", "number": "FP-1", "sha256": digest, "amount_fen": 100 }),
        ),
        _ => None,
    }
}

/// `@root:SIZE`, `@vouchers:FEN`, `@key:HH`, `@log:NAME:HH`, `@witness:NAME:HH`.
fn numbered_paper(kind: &str, said: &str) -> Option<Value> {
    let key = |byte: &str| Digest::parse(&byte.repeat(32)).unwrap();
    let vkey = |kind: u8| {
        let (name, byte) = said.rsplit_once(':').unwrap();
        json!(vkey::write(name, kind, key(byte)))
    };
    match kind {
        "root" => Some(json!(root_at(said.parse().unwrap()))),
        "vouchers" => Some(json!([{
            "kind": "invoice", "number": "V-1", "sha256": "ef".repeat(32),
            "amount_fen": said.parse::<i64>().unwrap(),
        }])),
        "key" => Some(json!(key(said))),
        "log" => Some(vkey(1)),
        "witness" => Some(vkey(4)),
        _ => None,
    }
}

/// What the tables' ledger says its root was at a size.
fn root_at(size: u64) -> Digest {
    Digest::of(&[&size.to_be_bytes()])
}

/// A ledger in memory: the state, and every record as its Past.
pub(super) struct World {
    pub state: State,
    /// The last refusal, whole.
    pub refused: Option<Refusal>,
    records: Vec<Kept>,
    named: Vec<(String, String)>,
}

struct Kept {
    body: Vec<u8>,
    kind: Type,
    movements: Vec<(String, String, String, i64)>,
    posted_by: String,
    recorded_at: Stamp,
}

struct Records<'r>(&'r [Kept]);

impl Past for Records<'_> {
    fn look(&self, seq: u64, show: &mut dyn FnMut(&PastEvent<'_>)) {
        let kept = &self.0[usize::try_from(seq).unwrap()];
        let event = read(kept.kind, &kept.body).unwrap();
        let movements: Vec<Written<'_>> = kept
            .movements
            .iter()
            .map(|(lot, from, to, fen)| Written { lot, from, to, amount_fen: *fen })
            .collect();
        show(&PastEvent {
            event: &event,
            body: &kept.body,
            movements: &movements,
            posted_by: &kept.posted_by,
            recorded_at: kept.recorded_at,
        });
    }

    fn root(&self, size: u64) -> Option<Digest> {
        (size <= self.0.len() as u64).then(|| root_at(size))
    }
}

fn read(kind: Type, body: &[u8]) -> Result<Event<'_>, serde_json::Error> {
    let text = std::str::from_utf8(body).unwrap();
    EventSeed(kind).deserialize(&mut serde_json::Deserializer::from_str(text))
}

const ORGANIZATIONS: &[(&str, &str, &str, &str)] = &[
    ("hb-finance", "finance_bureau", "130000", "bureau"),
    ("zjk-finance", "finance_bureau", "130700", "bureau"),
    ("kb-finance", "finance_bureau", "130723", "bureau"),
    ("zb-finance", "finance_bureau", "130722", "bureau"),
    ("ca-finance", "finance_bureau", "130102", "bureau"),
    ("hb-poverty", "poverty_office", "130000", "poverty_office"),
    ("kb-poverty", "poverty_office", "130723", "poverty_office"),
    ("zb-poverty", "poverty_office", "130722", "poverty_office"),
    ("kb-line", "line_department", "130723", "line_department"),
    ("kb-charity", "custodian", "130723", "custodian"),
    ("zb-charity", "custodian", "130722", "custodian"),
    ("zjk-charity", "custodian", "130700", "custodian"),
    ("hb-audit", "audit_office", "130000", "auditor"),
    ("kb-audit", "audit_office", "130723", "auditor"),
    ("hb-discipline", "discipline_office", "130000", "inspector"),
    ("kb-unit", "implementing_unit", "130723", "unit"),
    ("road-co", "payee", "130723", "unit"),
    ("bj-chaoyang", "helper_unit", "110105", "helper_unit"),
];

impl World {
    /// Two cities and four counties, their bodies, and a principal named like each body.
    pub fn new() -> World {
        let mut world =
            World { state: State::new(), refused: None, records: Vec::new(), named: Vec::new() };
        world
            .give("operator ledger_opened origin=test.example/ledger program=y hash_algorithm=sha256 vkey=@log:test.example/ledger:00")
            .unwrap();
        for (code, level, parent, status) in [
            ("130000", "province", "", "none"),
            ("130100", "city", "130000", "none"),
            ("130102", "county", "130100", "none"),
            ("130700", "city", "130000", "none"),
            ("130722", "county", "130700", "national"),
            ("130723", "county", "130700", "national"),
        ] {
            let parent = if parent.is_empty() { String::new() } else { format!("parent={parent}") };
            world.give(&format!("operator jurisdiction_registered code={code} name=x level={level} {parent} poverty_status={status} heavy_task_city=true valid_from=2016-01-01")).unwrap();
        }
        world.give("operator organization_registered org=platform name=x kind=platform jurisdiction=130000").unwrap();
        world.give("operator principal_registered principal=operator role=operator scope=130000 org=platform signing=optional").unwrap();
        world.give("operator principal_registered principal=donor role=donor scope=130000 org=d-1 signing=optional").unwrap();
        for (org, kind, seat, role) in ORGANIZATIONS {
            let scope = if seat.starts_with("13") { seat } else { "130000" };
            world.give(&format!(
                "operator organization_registered org={org} name=x kind={kind} jurisdiction={seat}"
            )).unwrap();
            world.give(&format!("operator principal_registered principal={org} role={role} scope={scope} org={org} signing=optional")).unwrap();
        }
        world
    }

    /// Records what the steps say; the first that is refused is named.
    pub fn give(&mut self, steps: &str) -> Result<(), String> {
        for step in split_steps(steps) {
            match PREPARED.iter().find(|(name, _)| *name == step) {
                Some((_, prepared)) => self.give(prepared)?,
                None => {
                    self.post(&step).map_err(|code| format!("given `{step}` is refused {code}"))?;
                }
            }
        }
        Ok(())
    }

    /// Posts one event; gives its movements as `LOT FEN from > to`, or `code asked N left M`.
    pub fn post(&mut self, step: &str) -> Result<String, String> {
        let signed_by = signed_words(step);
        let (posted_by, body) = self.body(step);
        let body = serde_json::to_vec(&body).unwrap();
        let name =
            serde_json::from_slice::<Value>(&body).unwrap()["type"].as_str().unwrap().to_owned();
        let Some(kind) = Type::parse(&name) else {
            return Err(super::explain(&body, "").code.to_string());
        };
        let event = match read(kind, &body) {
            Ok(event) if event.shape().is_ok() => event,
            _ => {
                let refusal = super::explain(&body, "");
                return Err(format!("{} {}", refusal.code, refusal.message()));
            }
        };
        let facts = Facts {
            seq: self.state.size(),
            recorded_at: Stamp::parse("2018-06-01T00:00:00.000Z").unwrap(),
            posted_by: &posted_by,
            signed_by: &signed_by,
            badly_signed: step.contains(" .badly_signed=true"),
            by_program: self.state.principals.is_empty() || step.contains(" .by_program=true"),
            body: &body,
            movement_bytes_max: 20_000,
            past: &Records(&self.records),
        };
        let movements = match self.state.step(&event, &facts) {
            Ok(Step::Recorded(movements)) => movements,
            Ok(Step::Duplicate(_)) => return Ok("duplicate".to_owned()),
            Err(refusal) => {
                let figures = match (refusal.details.asked_fen, refusal.details.left_fen) {
                    (Some(asked), Some(left)) => format!(" asked {asked} left {left}"),
                    _ => String::new(),
                };
                let answer = format!("{}{figures}", refusal.code);
                self.refused = Some(refusal);
                return Err(answer);
            }
        };
        self.state.check_laws().unwrap();
        let written: Vec<_> = movements
            .iter()
            .map(|one| {
                let lot = self.state.lot_name(one.lot).to_owned();
                (lot, one.from.path(&self.state), one.to.path(&self.state), one.amount.get())
            })
            .collect();
        let shown: Vec<String> = written
            .iter()
            .map(|(lot, from, to, fen)| format!("{lot} {fen} {from} > {to}"))
            .collect();
        self.records.push(Kept {
            kind,
            movements: written,
            posted_by: posted_by.clone(),
            recorded_at: facts.recorded_at,
            body: body.clone(),
        });
        Ok(shown.join(", "))
    }

    /// The body that a step describes, and who posts it.
    fn body(&mut self, step: &str) -> (String, Value) {
        let words = split_words(step);
        let (poster, kind) = (words[0].clone(), words[1].clone());
        let scope = self
            .state
            .principals
            .get(poster.as_str())
            .map(|row| (row.scope.to_string(), row.org.to_string()));
        let (here, org) = scope.unwrap_or_else(|| ("130000".into(), "platform".into()));
        let mut event = json!({
            "id": EventId(u128::try_from(self.records.len()).unwrap() + 1).to_string(),
            "type": kind, "jurisdiction": here, "business_date": "2018-05-01",
            "by": { "org": org, "maker": "m-1", "checker": "c-1" },
            "docs": [{ "number": "x", "sha256": "ab".repeat(32) }],
        });
        let mut data = Map::new();
        for word in &words[2..] {
            let (name, value) =
                word.split_once('=').unwrap_or_else(|| panic!("no value in {word} of {step}"));
            match name {
                "date" => event["business_date"] = json!(value),
                "here" => event["jurisdiction"] = json!(value),
                "maker" | "checker" | "approver" => event["by"][name] = json!(value),
                ".org" => event["by"]["org"] = json!(value),
                "docs" => event["docs"] = json!([]),
                "note" => event["note"] = json!(value),
                "id" => event["id"] = json!(value),
                ".seen" => event["seen"] = serde_json::from_str(value).unwrap(),
                ".signed" | ".badly_signed" | ".by_program" => {}
                ".not_after" => event["not_after"] = json!(value),
                _ => {
                    data.insert(name.to_owned(), self.value(name, value));
                }
            }
        }
        event["data"] = Value::Object(data);
        let id = event["id"].as_str().unwrap().to_owned();
        self.named.push((kind, id));
        (poster, event)
    }

    fn value(&self, name: &str, text: &str) -> Value {
        let id = |of: Option<&(String, String)>| {
            json!(of.unwrap_or_else(|| panic!("nothing given for {text}")).1)
        };
        if let Some(paper) = paper(text) {
            return paper;
        }
        match text {
            "#size" => return json!(self.state.size()),
            "#root" => return json!(Records(&self.records).root(self.state.size())),
            "#last" => return id(self.named.last()),
            "#before" => return id(self.named.iter().rev().nth(1)),
            "#first" => return id(self.named.iter().find(|(kind, _)| kind == "funds_received")),
            "#commit" => return id(self.named.iter().find(|(kind, _)| kind == "funds_committed")),
            "#paid" => return id(self.named.iter().find(|(kind, _)| kind == "disbursement_made")),
            _ => {}
        }
        if let Some(kind) = text.strip_prefix('#') {
            return id(self.named.iter().rev().find(|(one, _)| one == kind));
        }
        if text.starts_with(['[', '{']) {
            let filled = text.replace("@digest", &"ab".repeat(32));
            let mut value =
                serde_json::from_str(&filled).unwrap_or_else(|_| panic!("not JSON: {text}"));
            if let Value::Object(object) = &mut value {
                for (name, inside) in object {
                    if let Some(id) = inside.as_str().filter(|id| id.starts_with('#')) {
                        *inside = self.value(name, id);
                    }
                }
            }
            return value;
        }
        if matches!(name, "lots" | "out" | "in") {
            let each = text.split(',').map(|one| {
                let (lot, fen) = one.split_once(':').unwrap();
                json!({ "lot": lot, "amount_fen": fen.parse::<i64>().unwrap() })
            });
            return each.collect();
        }
        let counted = name.ends_with("_fen") || name.ends_with("_bp");
        match counted
            || matches!(name, "fiscal_year" | "households" | "version" | "value" | "size")
            || name == "year"
        {
            true => {
                json!(text.parse::<i64>().unwrap_or_else(|_| panic!("{name} is no number: {text}")))
            }
            false if matches!(text, "true" | "false") => json!(text == "true"),
            false => json!(text),
        }
    }
}

/// Steps are divided by `;`, and prepared ones also by spaces.
fn split_steps(steps: &str) -> Vec<String> {
    let parts = steps.split(';').map(str::trim).filter(|step| !step.is_empty());
    parts
        .flat_map(|step| match step.starts_with('@') {
            true => step.split_whitespace().map(str::to_owned).collect(),
            false => vec![step.to_owned()],
        })
        .collect()
}

/// The keys whose signatures are right.
fn signed_words(step: &str) -> Vec<Digest> {
    let keys = step.split_whitespace().find_map(|word| word.strip_prefix(".signed="));
    let named = keys.into_iter().flat_map(|keys| keys.split(','));
    named.map(|key| serde_json::from_value(paper(key).unwrap()).unwrap()).collect()
}

fn split_words(step: &str) -> Vec<String> {
    step.split_whitespace().map(str::to_owned).collect()
}

/// Runs one row; an error says what was expected and what came.
pub(super) fn run(row: &str) -> Result<(Option<Code>, String), String> {
    let parts: Vec<&str> = row.split(" | ").map(str::trim).collect();
    let mut world = World::new();
    world.named.clear();
    let (mut when, mut then) = ("", "");
    for part in parts {
        if let Some(given) = part.strip_prefix("given ") {
            world.give(given)?;
        } else if let Some(step) = part.strip_prefix("when ") {
            when = step;
        } else if let Some(outcome) = part.strip_prefix("then ") {
            then = outcome;
        } else {
            return Err(format!("a row has parts given, when, then; not: {part}"));
        }
    }
    let got = world.post(when);
    let kind = split_words(when)[1].clone();
    match (got, then.strip_prefix("refused ")) {
        (Ok(moved), None) if then == "ok" || then == moved => Ok((None, kind)),
        (Err(refused), Some(expected))
            if refused == expected || refused.split(' ').next() == Some(expected) =>
        {
            Ok((Code::parse(refused.split(' ').next().unwrap()), kind))
        }
        (got, _) => Err(format!("\n  row:  {row}\n  then: {then}\n  got:  {got:?}")),
    }
}

#[test]
fn every_row_of_every_table_holds() {
    let mut wrong = Vec::new();
    for kind in Type::ALL {
        for row in kind.table().lines().map(str::trim).filter(|row| !row.is_empty()) {
            if let Err(fault) = run(row) {
                wrong.push(fault);
            }
        }
    }
    assert!(wrong.is_empty(), "{} rows do not hold:{}", wrong.len(), wrong.join(""));
}

/// Codes that every event shares; an event's own list and table name what goes beyond.
const COMMON: &[Code] = &[
    Code::Malformed,
    Code::PersonalData,
    Code::UnknownType,
    Code::AmountOutOfRange,
    Code::NotAuthorised,
    Code::DocumentMissing,
    Code::ExceptionNotNeeded,
    Code::DateBeforeOrigin,
    Code::PeriodClosed,
    Code::InsufficientFunds,
];

#[test]
fn each_event_is_refused_with_exactly_the_codes_that_it_declares() {
    let mut wrong = Vec::new();
    for kind in Type::ALL {
        let spec = kind.spec();
        if !spec.refuses.is_sorted() {
            wrong.push(format!("{}: refuses is not in order of precedence", spec.name));
        }
        let rows = kind.table().lines().map(str::trim).filter(|row| !row.is_empty());
        let seen: Vec<Code> = rows
            .filter_map(|row| run(row).ok())
            .filter(|(_, posted)| posted == spec.name)
            .filter_map(|(code, _)| code)
            .collect();
        for code in spec.refuses.iter().filter(|code| !seen.contains(code)) {
            wrong.push(format!("{}: no row is refused {code}", spec.name));
        }
        for code in
            seen.iter().filter(|code| !spec.refuses.contains(code) && !COMMON.contains(code))
        {
            wrong.push(format!("{}: a row is refused {code}, which is not declared", spec.name));
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
