//! Gifts (Article 28): what donors wish, where it went, and whether they heard back. Most do in
//! time, some late, some never: silence past the deadline is what an inspector looks for.
//!
//! Donors are opaque references that stand for nobody.

use super::calendar::{day, plus};
use super::cast::{Cast, County, MARK};
use super::diary::{Act, Desk, Diary, Thread};
use super::random::Random;
use super::site::Site;
use crate::base::EventId;
use crate::base::lookup::{ALPHABET, CODE_CHARACTERS, lookup_sha256};
use serde_json::{Value, json};

/// A look-up code with the gift that it opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookUp {
    /// The code, as the donor got it.
    pub code: String,
    /// The gift's lot.
    pub lot: String,
}

/// A project that gifts go to.
#[derive(Clone, Debug)]
pub struct Target {
    project: String,
    category: &'static str,
    village: Option<&'static str>,
    payee: String,
    known: Thread,
}

impl Target {
    /// The project's id.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// Since when money may go to it.
    pub fn known(&self) -> Thread {
        self.known
    }

    /// A site that has been approved.
    pub fn of(site: &Site<'_>) -> Target {
        Target {
            project: site.id.clone(),
            category: site.outline.category,
            village: site.outline.village.as_ref().map(|village| village.code),
            payee: site.county.payees[site.outline.payee].clone(),
            known: site.thread,
        }
    }
}

/// Money that somebody is owed feedback for, as it stands in the story.
#[derive(Debug)]
pub struct Given<'c> {
    /// Who holds it.
    pub desk: &'c Desk,
    /// The lot.
    pub lot: String,
    /// What came, in fen.
    pub fen: i64,
    /// What is spent.
    pub used: i64,
    /// What went back.
    pub refunded: i64,
    /// The last event that moved it.
    pub moved: EventId,
    /// How far its story has come.
    pub thread: Thread,
}

impl Given<'_> {
    /// What remains, in fen.
    pub fn remains(&self) -> i64 {
        self.fen - self.used - self.refunded
    }

    /// Money goes to a project and is paid out of it.
    pub fn use_for(&mut self, diary: &mut Diary, target: &Target, fen: i64, days: i64) {
        self.thread.wait(target.known).pass(days);
        let lots = json!([{ "lot": self.lot, "amount_fen": fen }]);
        let data = json!({ "project": target.project, "from": "available", "lots": lots });
        diary.write(&mut self.thread, Act::new(self.desk, "funds_committed", data));
        self.thread.pass(3 + days / 4);
        let data = payment(diary, self.desk, target, lots);
        self.moved = diary.write(&mut self.thread, Act::new(self.desk, "disbursement_made", data));
        self.used += fen;
    }

    /// The giver is told how it stands.
    pub fn tell(&mut self, diary: &mut Diary, kind: &str, channel: &str) -> EventId {
        let letter = format!("letter/{}/{kind}/{}", self.lot, self.thread.day);
        let mut data = json!({
            "lots": [self.lot], "kind": kind, "as_of": self.moved.to_string(),
            "received_fen": self.fen, "used_fen": self.used, "remaining_fen": self.remains(),
            "content_sha256": diary.file(&letter),
            "channel": channel,
        });
        if self.refunded > 0 {
            data["refunded_fen"] = json!(self.refunded);
        }
        diary.write(&mut self.thread, Act::new(self.desk, "feedback_sent", data))
    }
}

/// The body of a payment by contract to the target's payee.
fn payment(diary: &mut Diary, desk: &Desk, target: &Target, lots: Value) -> Value {
    let contract = format!("HT-{}", target.project);
    json!({
        "project": target.project, "kind": "payment", "payee": target.payee, "method": "transfer",
        "bank_ref": diary.bank_reference(desk), "lots": lots,
        "basis": { "kind": "contract", "number": contract, "sha256": diary.file(&contract) },
    })
}

/// A gift's whole story, the `ordinal`-th of its county; gives its look-up code, where it has one
/// and its donor heard back.
pub fn gift(
    diary: &mut Diary,
    cast: &Cast,
    county: &County,
    random: &mut Random,
    target: &Target,
    silent: bool,
) -> Option<LookUp> {
    let ordinal = diary.number(&format!("gift/{}", county.code));
    let lot = format!("G{}-{ordinal:03}", county.code);
    let (donor_kind, fen) = giver(random);
    let code = random.chance(55).then(|| code(random));
    let mut thread = Thread::from(plus(day(2017, 1, 20), random.between(0, 300)));
    let amended = ordinal % 17 == 5;
    let wishes = if amended {
        json!({ "categories": ["other"], "text": "改善生活", "fallback": "ask" })
    } else {
        intent(random, county, target)
    };
    let donor = format!("d-{:08x}", random.next() >> 32);
    let pledge = (donor_kind == "company" && random.chance(40)).then(|| format!("Q{lot}"));
    if let Some(pledge) = &pledge {
        let data = json!({ "pledge": pledge, "donor": donor, "amount_fen": fen, "intent": wishes });
        diary.write(&mut thread, Act::new(&county.charity, "donation_pledged", data));
        thread.pass(random.between(5, 30));
    }
    let mut data = json!({
        "lot": lot, "donor": donor, "donor_kind": donor_kind, "custodian": county.charity.org,
        "amount_fen": fen, "bank_ref": diary.bank_reference(&county.charity), "intent": wishes,
        "anonymity": random.pick(&["public", "alias", "alias", "anonymous"]),
    });
    if let Some(code) = &code {
        data["lookup_sha256"] = json!(digest_of(code));
    }
    if let Some(pledge) = pledge {
        data["pledge"] = json!(pledge);
    }
    let moved = diary.write(&mut thread, Act::new(&county.charity, "donation_received", data));
    let desk = &county.charity;
    let mut given = Given { desk, lot: lot.clone(), fen, used: 0, refunded: 0, moved, thread };
    let receipt = acknowledge_receipt(diary, random, &mut given, silent);
    if amended {
        amend(diary, &mut given, target);
    }
    if code.is_some() && ordinal % 13 == 7 {
        // The donor lost the letter with the code: it opens nothing any more.
        let data = json!({ "lot": lot, "lookup_sha256": digest_of(&self::code(random)) });
        given.thread.pass(4);
        diary.write(&mut given.thread, Act::new(desk, "lookup_replaced", data));
    }
    let heard = spend(diary, cast, random, &mut given, target, (code.is_some(), silent));
    wind_up(diary, random, &mut given, &receipt, silent);
    code.filter(|_| heard).map(|code| LookUp { code, lot })
}

/// The receipt, and the first letter: in time, late, or never.
fn acknowledge_receipt(
    diary: &mut Diary,
    random: &mut Random,
    given: &mut Given<'_>,
    silent: bool,
) -> String {
    let receipt = format!("R{}", given.lot);
    given.thread.pass(random.between(1, 4));
    let data = json!({ "lot": given.lot, "receipt_no": receipt, "amount_fen": given.fen });
    diary.write(&mut given.thread, Act::new(given.desk, "receipt_issued", data));
    if !silent && random.chance(90) {
        let days = if random.chance(9) { random.between(20, 45) } else { random.between(0, 3) };
        given.thread.pass(days);
        given.tell(diary, "receipt", "message");
    }
    receipt
}

/// The donor agrees that the gift goes to the target.
fn amend(diary: &mut Diary, given: &mut Given<'_>, target: &Target) {
    given.thread.wait(target.known).pass(6);
    let data = json!({
        "lot": given.lot, "consent_sha256": diary.file(&format!("consent/{}", given.lot)),
        "intent": { "projects": [target.project], "text": "同意改用", "fallback": "ask" },
    });
    diary.write(&mut given.thread, Act::new(given.desk, "intent_amended", data));
}

/// One or two uses, each with its letter; holders of a code answer through the desk. Did the donor
/// hear of a use?
fn spend(
    diary: &mut Diary,
    cast: &Cast,
    random: &mut Random,
    given: &mut Given<'_>,
    target: &Target,
    (coded, silent): (bool, bool),
) -> bool {
    let mut heard = false;
    let whole = random.chance(60);
    let parts = if whole { vec![given.fen] } else { vec![given.fen / 2, given.fen / 4] };
    for fen in parts {
        let days = random.between(8, 50);
        given.use_for(diary, target, fen, days);
        if silent || random.chance(12) {
            continue;
        }
        given.thread.pass(if random.chance(10) {
            random.between(45, 80)
        } else {
            random.between(5, 25)
        });
        let feedback = given.tell(diary, "use", "page");
        heard = true;
        if coded && random.chance(45) {
            answer(diary, cast, random, given, feedback);
        }
    }
    heard
}

/// Whoever holds the code says that he has read it, or that it is not so; then he gets a reply.
fn answer(
    diary: &mut Diary,
    cast: &Cast,
    random: &mut Random,
    given: &mut Given<'_>,
    feedback: EventId,
) {
    given.thread.pass(random.between(1, 9));
    let mut data = json!({ "feedback": feedback.to_string() });
    let disputes = random.chance(15);
    if disputes {
        data["text_sha256"] = json!(diary.file(&format!("dispute/{feedback}")));
    }
    let kind = if disputes { "feedback_disputed" } else { "feedback_acknowledged" };
    diary.write(&mut given.thread, Act::new(&cast.gift_desk, kind, data));
    if disputes && random.chance(70) {
        given.thread.pass(random.between(3, 15));
        given.tell(diary, "reply", "letter");
    }
}

/// What remains goes back or is reported now and then; what is used up gets its last letter.
fn wind_up(
    diary: &mut Diary,
    random: &mut Random,
    given: &mut Given<'_>,
    receipt: &str,
    silent: bool,
) {
    if given.remains() > 0 && random.chance(30) {
        given.thread.pass(random.between(10, 40));
        let fen = given.remains();
        let data = json!({
            "lot": given.lot, "amount_fen": fen, "reason": "agreement", "receipt_voided": receipt,
            "bank_ref": diary.bank_reference(given.desk),
        });
        given.moved =
            diary.write(&mut given.thread, Act::new(given.desk, "donation_refunded", data));
        given.refunded += fen;
    }
    if silent || random.chance(25) {
        return;
    }
    given.thread.pass(random.between(15, 60));
    let kind = if given.remains() == 0 { "final" } else { "periodic" };
    given.tell(diary, kind, "letter");
}

/// The gifts of the poverty day (17 October, Article 27): many small ones, used together, reported
/// together by a public notice.
pub fn campaign(
    diary: &mut Diary,
    county: &County,
    random: &mut Random,
    target: &Target,
    count: usize,
) {
    let desk = &county.charity;
    let mut thread = Thread::from(day(2017, 10, 12));
    let mut lots = Vec::new();
    let mut whole = 0;
    for _ in 0..count {
        let lot =
            format!("C{}-{:03}", county.code, diary.number(&format!("small/{}", county.code)));
        let fen = random.between(1, 60) * 1000;
        let data = json!({
            "lot": lot, "donor": format!("d-{:08x}", random.next() >> 32), "donor_kind": "person",
            "custodian": desk.org, "amount_fen": fen,
            "intent": { "fallback": "redirect_same_category" },
            "anonymity": "anonymous", "campaign": "fupinri-2017",
            "bank_ref": diary.bank_reference(desk),
        });
        diary.write(&mut thread, Act::new(desk, "donation_received", data));
        thread.pass(i64::from(random.chance(30)));
        whole += fen;
        lots.push(json!({ "lot": lot, "amount_fen": fen }));
    }
    if count == 0 {
        return;
    }
    thread.wait(target.known).pass(random.between(12, 30));
    let data = json!({ "project": target.project, "from": "available", "lots": lots });
    diary.write(&mut thread, Act::new(desk, "funds_committed", data));
    thread.pass(random.between(4, 12));
    let data = payment(diary, desk, target, json!(lots));
    let paid = diary.write(&mut thread, Act::new(desk, "disbursement_made", data));
    for (kind, days) in [("use", random.between(6, 40)), ("final", random.between(10, 30))] {
        thread.pass(days);
        let data = json!({
            "campaign": "fupinri-2017", "kind": kind, "as_of": paid.to_string(),
            "received_fen": whole,
            "used_fen": whole, "remaining_fen": 0, "channel": "public_notice",
            "content_sha256": diary.file(&format!("campaign/{}/{kind}", county.code)),
        });
        diary.write(&mut thread, Act::new(desk, "feedback_sent", data));
    }
}

/// Who gives, and how much in fen.
fn giver(random: &mut Random) -> (&'static str, i64) {
    match random.between(1, 100) {
        1..=52 => ("person", random.between(1, 60) * 10_000),
        53..=70 => ("company", random.between(10, 260) * 100_000),
        71..=80 => ("organization", random.between(5, 90) * 100_000),
        81..=86 => ("government", random.between(20, 150) * 100_000),
        _ => ("crowd", random.between(5, 400) * 5_000),
    }
}

/// A wish that the target can meet.
fn intent(random: &mut Random, county: &County, target: &Target) -> Value {
    match (random.between(1, 4), target.village) {
        (1, Some(village)) => {
            json!({ "villages": [village], "text": format!("用于本村{MARK}"), "fallback": "ask" })
        }
        (2, _) => json!({ "categories": [target.category], "fallback": "redirect_same_category" }),
        (3, _) => json!({ "projects": [target.project], "fallback": "refund" }),
        _ => json!({ "jurisdictions": [county.code], "fee_cap_bp": 100, "fallback": "ask" }),
    }
}

/// A look-up code: 26 characters of Crockford's base32.
fn code(random: &mut Random) -> String {
    (0..CODE_CHARACTERS).map(|_| char::from(*random.pick(ALPHABET))).collect()
}

/// What the ledger keeps of a look-up code (design section 8).
fn digest_of(code: &str) -> String {
    lookup_sha256(code).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_130_random_bits_and_is_kept_as_its_digest() {
        let mut random = Random::of(1, "codes");
        let (one, other) = (code(&mut random), code(&mut random));
        assert_eq!((one.len(), one == other), (26, false));
        // printf 'fundtrail-gift-v1\nA' | sha256sum
        assert_eq!(digest_of("A").len(), 64);
        assert_ne!(digest_of(&one), digest_of(&other));
    }
}
