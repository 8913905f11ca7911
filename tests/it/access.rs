//! Who may read what, as two tables: answer by reader, and kind of record by reader.
//!
//! They are printed from the code to `tests/golden/reading.txt` and held there: a right that
//! somebody gains or loses is a line of a commit. The commands of tokens are held here too.

use crate::held;
use crate::support::Ledger;
use fundtrail::access::reading::{Facts, Finding, Lot, Sight, sight};
use fundtrail::access::{Extent, Principal, Viewer, What, extent};
use fundtrail::base::Code;
use fundtrail::domain::Type;
use fundtrail::domain::role::Role;
use std::fmt::Write;
use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

const LEGEND: &str = "\
Who may read what (design section 8). Of each pair the first letter is of the reader's own county
(own organization, own gift), the second of another.

Answers. A all of it; V as far as it follows from records that are visible; . nothing.
";

const LEGEND_OF_RECORDS: &str = "\
Records. W whole; F its figures alone, in the statement of the own gift; . as if it were not there.
";

const OWN: Code = Code(130_723);
const OTHER: Code = Code(130_722);

/// Every reader: the roles, the holder of a code, anybody.
fn readers() -> Vec<(&'static str, Viewer)> {
    let principal = |role: &Role| {
        let principal = Principal {
            name: "reader".into(),
            role: *role,
            scope: OWN,
            org: "own".into(),
            seat: Some(OWN),
        };
        (role.code(), Viewer::Principal(principal))
    };
    let mut readers: Vec<_> = Role::ALL.iter().map(principal).collect();
    readers.push(("code", Viewer::Gift("own-gift".into())));
    readers.push(("public", Viewer::Public));
    readers
}

fn answer(extent: Extent) -> &'static str {
    match extent {
        Extent::Nothing => "..",
        Extent::Seen => "VV",
        Extent::Scope => "AV",
        Extent::All => "AA",
    }
}

/// A record that nothing makes the reader's own.
fn record(kind: Type, here: Code) -> Facts {
    Facts {
        kind,
        within: vec![here, Code(130_700), Code(130_000)],
        posted: Some(("somebody".into(), Role::Operator)),
        moved: Vec::new(),
        named: Arc::new([]),
        several: false,
        finding: None,
        untold: false,
    }
}

fn gift(own: bool) -> Arc<Lot> {
    let whose = |yes: &str, no: &str| -> Arc<str> { if own { yes.into() } else { no.into() } };
    Arc::new(Lot {
        name: whose("own-gift", "other-gift"),
        giver: Some(whose("own", "other")),
        custodian: Some(whose("own", "other")),
        received_at: OTHER,
        gift: true,
    })
}

fn finding(own: bool, open: bool) -> Finding {
    let about: Arc<str> = if own { "own".into() } else { "other".into() };
    Finding { about: Some(about), at: OTHER, raised_by: "hb-audit".into(), open }
}

/// The kinds of records, each as of one's own and as of another.
fn records(own: bool) -> Vec<(&'static str, Facts)> {
    let here = if own { OWN } else { OTHER };
    // What is told of a gift or a finding is told in another county, so that the county alone does
    // not open it.
    let told = |kind| record(kind, OTHER);
    let poster = if own { "own" } else { "other" };
    let moves = |lots: Vec<Arc<Lot>>| Facts { moved: lots, ..told(Type::FundsCommitted) };
    let names = |kind, several| Facts { named: Arc::new([gift(own)]), several, ..told(kind) };
    let of = |kind, finding| Facts { finding: Some(finding), ..told(kind) };
    let open_here = Facts { within: vec![here], ..of(Type::FindingRaised, finding(false, true)) };
    vec![
        ("of the county", record(Type::AllocationMade, here)),
        ("posted by the organization", {
            let posted = |role| Some((Arc::from(poster), role));
            Facts { posted: posted(Role::Bureau), ..told(Type::ProjectApproved) }
        }),
        ("moves the gift alone", moves(vec![gift(own)])),
        ("moves it with another's gift", moves(vec![gift(own), gift(false)])),
        ("feedback on it alone", names(Type::FeedbackSent, false)),
        ("feedback on several gifts", names(Type::FeedbackSent, true)),
        ("open finding about the body", of(Type::FindingRaised, finding(own, true))),
        ("open finding in the county", open_here),
        ("closed finding about the body", of(Type::FindingRaised, finding(own, false))),
        ("case transfer about the body", of(Type::CaseTransferred, finding(own, true))),
        ("disclosure", told(Type::DisclosurePublished)),
        (
            "one whose facts are not told",
            Facts { untold: true, ..record(Type::FeedbackSent, here) },
        ),
    ]
}

fn letter(sight: Sight) -> char {
    match sight {
        Sight::Hidden => '.',
        Sight::Figures => 'F',
        Sight::Whole => 'W',
    }
}

fn printed() -> String {
    let readers = readers();
    let own = records(true);
    let other = records(false);
    let widest = own.iter().map(|(name, _)| name.len()).max().unwrap();
    let heading = |out: &mut String| {
        write!(out, "\n{:widest$}", "").unwrap();
        readers.iter().for_each(|(name, _)| write!(out, "  {name}").unwrap());
    };
    let mut out = LEGEND.to_owned();
    heading(&mut out);
    for what in What::ALL {
        write!(out, "\n{:widest$}", what.code()).unwrap();
        for (name, viewer) in &readers {
            write!(out, "  {:1$}", answer(extent(viewer, *what)), name.len()).unwrap();
        }
    }
    write!(out, "\n\n{LEGEND_OF_RECORDS}").unwrap();
    heading(&mut out);
    for ((sort, own), (_, other)) in own.iter().zip(&other) {
        write!(out, "\n{sort:widest$}").unwrap();
        for (name, viewer) in &readers {
            let cell: String =
                [own, other].map(|facts| letter(sight(viewer, facts))).iter().collect();
            write!(out, "  {:1$}", cell, name.len()).unwrap();
        }
    }
    let lines: Vec<&str> = out.lines().map(str::trim_end).collect();
    lines.join("\n") + "\n"
}

#[test]
fn the_table_of_reading_is_the_one_that_is_kept() {
    held::assert_none(held::compare("tests/golden/reading.txt", &printed()).into_iter().collect());
}

#[test]
fn the_public_reads_no_record_but_disclosures() {
    for (sort, facts) in records(true) {
        let whole = sight(&Viewer::Public, &facts) == Sight::Whole;
        assert_eq!(whole, facts.kind == Type::DisclosurePublished, "{sort}");
    }
}

#[test]
fn who_reads_every_record_and_nobody_else_gets_them_as_a_whole() {
    for (name, viewer) in readers() {
        let bundles = extent(&viewer, What::EntryBundles) == Extent::All;
        let all = records(false).iter().all(|(_, facts)| sight(&viewer, facts) == Sight::Whole);
        assert_eq!(bundles, all, "{name}");
        assert_eq!(fundtrail::access::may_stream(&viewer), all, "{name}");
        assert_eq!(fundtrail::access::may_export(&viewer), all, "{name}");
    }
}

#[test]
fn a_token_is_shown_once_listed_without_its_secret_and_revoked() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    let made = ledger.run(&["--format", "json", "principal", "token", "kb-finance-desk"]);
    let made = made.succeeds().json();
    let (id, secret) = (made["id"].as_str().unwrap(), made["token"].as_str().unwrap());
    assert!(secret.starts_with("ft_"));
    let file = ledger.path().join("access/tokens");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!std::fs::read_to_string(&file).unwrap().contains(&secret[3..]));
    let listed = || ledger.run(&["--format", "json", "principal", "tokens"]).succeeds().out;
    assert!(listed().contains(id) && !listed().contains(&secret[3..]));
    assert!(listed().contains("\"live\"") && !listed().contains("\"revoked\""));
    ledger.run(&["principal", "token", "--revoke", id]).succeeds();
    assert!(listed().contains("\"revoked\""));
}

#[test]
fn no_token_is_made_for_whom_it_would_open_nothing() {
    let ledger = Ledger::with(&["golden.jsonl"]);
    ledger.run(&["principal", "token", "nobody"]).exits(2);
    ledger.run(&["principal", "token", "gift-desk"]).exits(2);
    ledger.run(&["principal", "token", "kb-finance-desk", "--expires", "2017-01-01"]).exits(2);
    ledger.run(&["principal", "token", "--revoke", "000000000000"]).exits(2);
    ledger.run(&["principal", "token"]).exits(2);
}
