//! Who outside vouches for this ledger, in plain words: the witnesses one by one, and whoever
//! verified the whole of it.
//!
//! It is the server's own word, so nothing here is green and nothing is a verdict (pages design,
//! section 4).

use super::figures;
use super::lang::Lang;
use super::marks::{Chip, State};
use super::visit::Visit;
use crate::access::Register;
use crate::base::Stamp;
use crate::ledger::live::{Cosigned, Views};
use crate::projections::heads::Filed;
use std::collections::BTreeMap;

/// The first second, since 1970, whose year has five digits.
const YEAR_10000_S: i64 = 253_402_300_800;

/// A witness as its line tells it.
#[derive(Clone, Debug)]
pub struct Line {
    /// Who it is.
    pub name: String,
    /// What it did last.
    pub says: String,
    /// When that was, in seconds since 1970, for a browser to tell how long ago.
    pub since_s: Option<u64>,
    /// Beside the line of one that has not signed the newest witnessed head.
    pub chip: Option<Chip>,
}

/// What this site states of its own keys: what a browser falls back to, and proves less by.
#[derive(Clone, Debug)]
pub struct Stated {
    /// The verifier keys that the records state, a blank between.
    pub keys: String,
    /// The SHA-256 of the policy in force; empty where there is none.
    pub policy: String,
    /// Has a quorum signed any head?
    pub witnessed: bool,
}

impl Stated {
    /// What is stated now.
    pub fn of(visit: &Visit) -> Stated {
        let live = visit.live();
        Stated {
            keys: live.views().parties.log_keys.join(" "),
            policy: live.policy_in_force().map(|one| one.to_string()).unwrap_or_default(),
            witnessed: live.prover().witnessed().is_some(),
        }
    }
}

/// The witnesses: those that the records register, and those of the policy in force.
pub fn witnesses(visit: &Visit) -> Vec<Line> {
    let (live, lang) = (visit.live(), visit.lang);
    let mut signed: BTreeMap<String, Option<Cosigned>> = live.cosigned();
    let views = live.views();
    let mut lines = Vec::new();
    for one in &views.heads.witnesses {
        let found = signed.remove(&one.name).flatten();
        if !one.retired {
            let known = views.names.organizations.get(&one.org);
            lines.push(line(known.unwrap_or(&one.name).clone(), found, lang));
        }
    }
    lines.extend(signed.into_iter().map(|(name, found)| line(name, found, lang)));
    lines
}

fn line(name: String, found: Option<Cosigned>, lang: Lang) -> Line {
    let not_yet = || Some(State::Wait.chip(lang.t("尚未签", "not signed yet")));
    let Some(one) = found else {
        let says = lang.t("还没有见过它的签名", "no signature of it has been seen").to_owned();
        return Line { name, says, since_s: None, chip: not_yet() };
    };
    let (size, at) = (figures::count(one.size), clock(one.at_s, lang));
    let says = match (one.is_newest, lang) {
        (true, Lang::Zh) => format!("{at} 签到 {size} 条"),
        (true, Lang::En) => format!("signed {size} records at {at}"),
        (false, Lang::Zh) => format!("从 {at} 起没有再签，那时签到 {size} 条"),
        (false, Lang::En) => format!("has not signed since {at}, then {size} records"),
    };
    let chip = if one.is_newest { None } else { not_yet() };
    Line { name, says, since_s: (one.at_s > 0).then_some(one.at_s), chip }
}

/// A moment of a witness's clock, to the minute. Zero says none; nor does one that is no date.
fn clock(at_s: u64, lang: Lang) -> String {
    match i64::try_from(at_s) {
        Ok(at) if (1..YEAR_10000_S).contains(&at) => {
            figures::clock(Stamp(at * 1000)).chars().take("2017-12-31 17:59".len()).collect()
        }
        _ => lang.t("没有说时间", "a time it did not say").to_owned(),
    }
}

/// The newest verification whose size covers a record: what it found, and whether that is sound.
pub fn covering(views: &Views<Register>, seq: u64, lang: Lang) -> (String, bool) {
    verified(views, views.heads.filed.iter().rev().find(|one| one.size > seq), lang)
}

/// The verification that covers most records.
pub fn newest(views: &Views<Register>, lang: Lang) -> (String, bool) {
    verified(views, views.heads.newest_filed(), lang)
}

fn verified(views: &Views<Register>, filed: Option<&Filed>, lang: Lang) -> (String, bool) {
    let Some(filed) = filed else {
        return (lang.t("还没有人核过。", "Verified by nobody yet.").to_owned(), true);
    };
    let org = views.beside.grants().get(&filed.posted_by).map(|grant| grant.org.clone());
    let org = org.as_deref().unwrap_or(&filed.posted_by);
    let who = views.names.organizations.get(org).map_or(org, String::as_str);
    let day = figures::day(filed.recorded_at.hebei_date(), lang);
    let (number, sound) = (figures::count(filed.seq), filed.verdict == "sound");
    let said = match (lang, sound) {
        (Lang::Zh, true) => format!("{who}{day}核过整本账，没有问题（第 {number} 条）。"),
        (Lang::Zh, false) => format!("{who}{day}核过整本账，发现了问题（第 {number} 条）。"),
        (Lang::En, true) => {
            format!("{who} verified the whole ledger on {day}: sound (record {number}).")
        }
        (Lang::En, false) => {
            format!("{who} verified the whole ledger on {day}: not sound (record {number}).")
        }
    };
    (said, sound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_witness_is_told_in_plain_words() {
        let one = |is_newest| Some(Cosigned { size: 18_432, at_s: 1_514_714_460, is_newest });
        let said = |found, lang| line("省档案馆".to_owned(), found, lang).says;
        assert_eq!(said(one(true), Lang::Zh), "2017-12-31 18:01 签到 18,432 条");
        assert_eq!(
            said(one(false), Lang::En),
            "has not signed since 2017-12-31 18:01, then 18,432 records"
        );
        assert!(said(None, Lang::Zh).contains("还没有见过"));
        let unsaid = Some(Cosigned { size: 1, at_s: 0, is_newest: true });
        assert_eq!(said(unsaid, Lang::Zh), "没有说时间 签到 1 条");
        let beyond = Some(Cosigned { size: 1, at_s: u64::MAX, is_newest: true });
        assert!(said(beyond, Lang::En).contains("did not say"));
        assert!(line(String::new(), one(true), Lang::Zh).chip.is_none());
        assert!(line(String::new(), None, Lang::Zh).chip.is_some());
    }
}
