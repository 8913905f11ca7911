//! A small county's story, and what each of its people may read of it.

use super::*;
use crate::access::Register;
use crate::base::{Date, Stamp};
use crate::domain::Written;
use crate::projections::{Fold, Told};
use serde_json::{Value, json};

/// The story's records: who posted it, its body, its movements as `lot amount from to`.
type Story = Vec<(&'static str, Value, Vec<&'static str>)>;

const DIGEST: &str = "7cb847a3d529951fae907b315c3b5637edc41be7a45d7168cb045ffc55a93679";

/// The look-up code of gift G1.
pub(in crate::access) const CODE: &str = "0123456789ABCDEFGHJKMNPQRS";

fn body(kind: &str, here: &str, org: &str, data: Value) -> Value {
    json!({
        "business_date": "2017-05-01", "by": { "checker": "c-2", "maker": "m-1", "org": org },
        "data": data, "docs": [], "id": "00000000-0000-4000-8000-000000000000",
        "jurisdiction": here, "type": kind,
    })
}

fn registry(story: &mut Story) {
    let mut tell =
        |kind, data| story.push(("operator", body(kind, "130000", "platform", data), vec![]));
    for (code, level, parent) in [
        ("130000", "province", None),
        ("130700", "city", Some("130000")),
        ("130722", "county", Some("130700")),
        ("130723", "county", Some("130700")),
    ] {
        let mut data = json!({
            "code": code, "name": "某地", "level": level, "poverty_status": "none",
            "heavy_task_city": false, "valid_from": "2016-01-01",
        });
        if let Some(parent) = parent {
            data["parent"] = json!(parent);
        }
        tell("jurisdiction_registered", data);
    }
    for (principal, role, scope, org) in [
        ("operator", "operator", "130000", "platform"),
        ("gift-desk", "donor", "130000", "platform"),
        ("hb-audit", "auditor", "130000", "hb-audit"),
        ("kb-audit", "auditor", "130723", "kb-audit"),
        ("hb-inspector", "inspector", "130000", "hb-discipline"),
        ("hb-finance", "bureau", "130000", "hb-finance"),
        ("zjk-finance", "bureau", "130700", "zjk-finance"),
        ("kb-finance", "bureau", "130723", "kb-finance"),
        ("zb-finance", "bureau", "130722", "zb-finance"),
        ("kb-charity", "custodian", "130723", "kb-charity"),
        ("kb-charity-2", "custodian", "130723", "kb-charity-2"),
        ("kb-poverty", "poverty_office", "130723", "kb-poverty"),
        ("zb-poverty", "poverty_office", "130722", "zb-poverty"),
        ("kb-line", "line_department", "130723", "kb-line"),
        ("kb-unit", "unit", "130723", "kb-unit"),
        ("donor-1", "donor", "130000", "d-1"),
        ("donor-2", "donor", "130000", "d-2"),
        ("helper", "helper_unit", "130000", "bj-chaoyang"),
        ("mirror", "mirror", "130000", "platform"),
        ("observer", "observer", "130000", "hb-academy"),
    ] {
        if role != "donor" && org != "platform" {
            let data =
                json!({ "org": org, "name": "某单位", "kind": "other", "jurisdiction": scope });
            tell("organization_registered", data);
        }
        let data = json!({
            "principal": principal, "role": role, "scope": scope, "org": org, "signing": "optional",
        });
        tell("principal_registered", data);
    }
}

fn money(story: &mut Story) {
    let mut tell =
        |by, body, movements: &[&'static str]| story.push((by, body, movements.to_vec()));
    let kb = "130723";
    let pairing =
        json!({ "pairing": "X1", "helper": "bj-chaoyang", "helped": kb, "agreement": "a" });
    tell("hb-poverty", body("pairing_declared", "130000", "hb-poverty", pairing), &[]);
    let project = json!({
        "project": "P1", "name": "路", "category": "infrastructure", "unit": "kb-unit",
        "village_codes": ["130723200201"], "estimate_fen": 9, "households": 1, "goals": "路",
    });
    tell("kb-poverty", body("project_admitted", kb, "kb-poverty", project), &[]);
    let lot = |lot: &str, fund: &str| {
        json!({
            "lot": lot, "fund": fund, "fiscal_year": 2017, "amount_fen": 100, "provider": "central",
            "purpose": [],
        })
    };
    let fiscal = body("funds_received", "130000", "hb-finance", lot("L1", "central_special"));
    tell("hb-finance", fiscal, &["L1 100 outside available/130000"]);
    let allocated = json!({ "lot": "L1", "to": kb, "amount_fen": 100 });
    let allocated = body("allocation_made", "130000", "hb-finance", allocated);
    tell("hb-finance", allocated, &["L1 100 available/130000 available/130723"]);
    let mut paired = lot("H1", "paired");
    paired["pairing"] = json!("X1");
    paired["class"] = json!("fiscal");
    let paired = body("funds_received", kb, "kb-finance", paired);
    tell("kb-finance", paired, &["H1 100 outside available/130723"]);
    for (lot, donor, movement) in [
        ("G1", "d-1", "G1 100 outside available/130723"),
        ("G2", "d-2", "G2 100 outside available/130723"),
        ("G3", "d-1", "G3 100 outside available/130723"),
    ] {
        let mut data = json!({
            "lot": lot, "donor": donor, "donor_kind": "person", "custodian": "kb-charity",
            "amount_fen": 100, "intent": { "fallback": "ask" }, "anonymity": "alias",
        });
        if lot == "G1" {
            data["lookup_sha256"] = json!(crate::base::lookup::lookup_sha256(CODE));
        }
        tell("kb-charity", body("donation_received", kb, "kb-charity", data), &[movement]);
    }
    let committed = |org: &str, lots: &[&str]| {
        let lots: Vec<_> = lots.iter().map(|lot| json!({ "lot": lot, "amount_fen": 9 })).collect();
        let data = json!({ "project": "P1", "from": "available", "lots": lots });
        body("funds_committed", kb, org, data)
    };
    let (g1, g2, g3) = (
        "G1 9 available/130723 committed/P1/130723",
        "G2 9 available/130723 committed/P1/130723",
        "G3 9 available/130723 committed/P1/130723",
    );
    tell("kb-charity", committed("kb-charity", &["G1"]), &[g1]);
    tell("kb-charity", committed("kb-charity", &["G2", "G3"]), &[g2, g3]);
    let h1 = "H1 9 available/130723 committed/P1/130723";
    let l1 = "L1 9 available/130723 committed/P1/130723";
    tell("kb-finance", committed("kb-finance", &["H1", "L1"]), &[h1, l1]);
    // A level above commits its own money to a project below.
    let above = committed("zjk-finance", &["L1"]);
    tell("zjk-finance", above, &["L1 9 available/130700 committed/P1/130700"]);
}

fn feedback(story: &mut Story) {
    let mut tell = |by, body| story.push((by, body, vec![]));
    let mut sent = |id: &str, lots: &[&str]| {
        let data = json!({
            "lots": lots, "kind": "use", "as_of": "00000000-0000-4000-8000-000000000000",
            "received_fen": 100, "used_fen": 0, "remaining_fen": 100, "content_sha256": DIGEST,
            "channel": "letter",
        });
        let mut sent = body("feedback_sent", "130723", "kb-charity", data);
        sent["id"] = json!(id);
        let answer = json!({ "feedback": id });
        let mut answer = body("feedback_acknowledged", "130723", "platform", answer);
        answer["by"] = json!({ "checker": "c-2", "maker": "m-1", "org": "platform" });
        tell("kb-charity", sent);
        tell("gift-desk", answer);
    };
    sent("00000000-0000-4000-8000-000000000001", &["G1"]);
    sent("00000000-0000-4000-8000-000000000002", &["G2", "G3"]);
}

fn supervision(story: &mut Story) {
    let docs = json!([{ "number": "x", "sha256": DIGEST }]);
    let mut tell = |by, kind: &str, here: &str, data: Value| {
        let mut body = body(kind, here, by, data);
        body["docs"] = docs.clone();
        story.push((by, body, vec![]));
    };
    let raised = |finding: &str, subjects: Value| {
        json!({
            "finding": finding, "rule": "manual", "subjects": subjects, "severity": "risk",
            "evidence": [], "text": "问题",
        })
    };
    let about_unit = json!({ "organization": "kb-unit" });
    let about_county = json!({ "jurisdiction": "130723" });
    tell("hb-audit", "finding_raised", "130723", raised("F1", about_unit.clone()));
    tell("hb-audit", "finding_raised", "130723", raised("F2", about_county));
    tell("zjk-finance", "finding_raised", "130723", raised("F3", about_unit.clone()));
    tell("hb-audit", "finding_raised", "130723", raised("F4", about_unit.clone()));
    tell("hb-audit", "finding_raised", "130723", raised("F5", about_unit));
    let closed = json!({ "finding": "F4", "outcome": "rectified", "text": "好" });
    tell("hb-audit", "finding_closed", "130723", closed);
    let moved = json!({ "finding": "F5", "to_body": "监委", "text": "移送" });
    tell("hb-audit", "case_transferred", "130723", moved);
    let published = json!({
        "subject": { "kind": "project", "id": "P1" }, "level": "village", "channel": "board",
        "place": "栏", "from": "2018-03-01", "until": "2018-03-20", "content_sha256": DIGEST,
    });
    tell("kb-poverty", "disclosure_published", "130723", published);
}

fn story() -> Story {
    let mut story = Story::new();
    registry(&mut story);
    money(&mut story);
    feedback(&mut story);
    supervision(&mut story);
    story
}

/// Tells a record; whatever the fold wants, the event is there.
fn tell<T>(
    seq: usize,
    (by, body, movements): &(&str, Value, Vec<&str>),
    act: impl FnOnce(&Told<'_>) -> T,
) -> T {
    let mut bytes = Vec::new();
    crate::chain::canonical::canonicalise(body.to_string().as_bytes(), &mut bytes).unwrap();
    let event = crate::seam::read_event(&bytes).unwrap_or_else(|fault| panic!("{body}: {fault}"));
    let movements: Vec<Written<'_>> = movements
        .iter()
        .map(|movement| {
            let steps: Vec<&str> = movement.split(' ').collect();
            let amount_fen = steps[1].parse().unwrap();
            Written { amount_fen, from: steps[2], lot: steps[0], to: steps[3] }
        })
        .collect();
    act(&Told {
        seq: seq as u64,
        kind: event.data.kind(),
        here: event.jurisdiction,
        date: event.business_date,
        id: event.id,
        posted_by: by,
        recorded_at: Stamp(0),
        movements: &movements,
        event: Some(&event),
    })
}

/// The register that the story tells.
pub(in crate::access) fn told() -> Register {
    let mut register = Register::default();
    for (seq, record) in story().iter().enumerate() {
        tell(seq, record, |told| register.take(told));
    }
    register
}

/// The day on which the story is read.
pub(in crate::access) fn today() -> Date {
    Date::parse("2018-06-01").unwrap()
}

/// One of the story's people.
pub(in crate::access) fn principal(register: &Register, name: &str) -> Viewer {
    register.viewer(name, today()).unwrap_or_else(|| panic!("{name} has a grant"))
}

/// What each of the story's people reads of each record from the first pairing on: W whole,
/// F figures, . nothing.
fn seen() -> String {
    let register = told();
    let people = [
        "operator",
        "hb-audit",
        "kb-audit",
        "hb-inspector",
        "mirror",
        "observer",
        "hb-finance",
        "zjk-finance",
        "kb-finance",
        "zb-finance",
        "kb-charity",
        "kb-charity-2",
        "kb-poverty",
        "zb-poverty",
        "kb-line",
        "kb-unit",
        "donor-1",
        "donor-2",
        "helper",
    ];
    let mut viewers: Vec<_> = people.iter().map(|who| principal(&register, who)).collect();
    viewers.push(register.viewer_by_code(CODE).unwrap());
    viewers.push(Viewer::Public);
    let story = story();
    let from = story.iter().position(|(_, body, _)| body["type"] == "pairing_declared").unwrap();
    let mut out = String::new();
    for (seq, record) in story.iter().enumerate().skip(from) {
        let facts = tell(seq, record, |told| register.facts(told));
        let letters = viewers.iter().map(|viewer| match sight(viewer, &facts) {
            Sight::Hidden => '.',
            Sight::Figures => 'F',
            Sight::Whole => 'W',
        });
        let letters: String = letters.collect();
        for viewer in &viewers {
            assert_eq!(visible(viewer, &facts), sight(viewer, &facts) == Sight::Whole);
        }
        out += &format!("{letters} {}\n", facts.kind.spec().name);
    }
    out
}

#[test]
fn each_reads_what_the_design_says() {
    // operator, 2 auditors, inspector, mirror | observer | 4 bureaus: province, city, own, other
    // county | 2 custodians | 2 poverty offices, line department, unit | 2 donors, helper | code,
    // public.
    let expected = "\
WWWWW.W.............. pairing_declared
WWWWW.WWW...W........ project_admitted
WWWWW.W.............. funds_received
WWWWW.WWW............ allocation_made
WWWWW.WWW.........W.. funds_received
WWWWW.WWW.W.....W..W. donation_received
WWWWW.WWW.W......W... donation_received
WWWWW.WWW.W.....W.... donation_received
WWWWW.WWW.W.....W..W. funds_committed
WWWWW.WWW.W.....FF... funds_committed
WWWWW.WWW.........W.. funds_committed
WWWWW.WWW............ funds_committed
WWWWW.WWW.W.....W..W. feedback_sent
WWWWW.WWW.W.....W..W. feedback_acknowledged
WWWWW.WWW.W.....FF... feedback_sent
WWWWW.WWW.W.....FF... feedback_acknowledged
WWWWW..........W..... finding_raised F1, open, about the unit
WWWWW...W.WWW.WW..... finding_raised F2, open, about nobody named
WWWWW..W.......W..... finding_raised F3, open, by the city's bureau
WWWWW.WWW......W..... finding_raised F4, closed
WWWWW..........W..... finding_raised F5, transferred
WWWWW.WWW......W..... finding_closed F4
WWWWW................ case_transferred F5
WWWWWWWWWWWWWWWWWWWWW disclosure_published
";
    let expected: Vec<_> =
        expected.lines().map(|line| line.split(' ').take(2).collect::<Vec<_>>()).collect();
    let seen = seen();
    let seen: Vec<_> = seen.lines().map(|line| line.split(' ').collect::<Vec<_>>()).collect();
    assert_eq!(seen, expected);
}
