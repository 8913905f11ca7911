//! The way of a gift, step by step: what each of its records says to its donor.
//!
//! A step prints this gift's part alone; what was told to the donor stands elsewhere.

use super::super::figures;
use super::super::lang::Lang;
use super::super::marks::{Chip, State};
use super::super::reading::Taken;
use super::super::record::{exceptions, label as said_label, word as said_word};
use super::account::{Part, Words};
use crate::base::Date;

/// A step of the way.
pub struct Step {
    /// When, in words.
    pub day: String,
    /// What happened.
    pub what: String,
    /// This gift's part of it.
    pub amount: Option<String>,
    /// The paper behind it.
    pub paper: String,
    /// The record's number, as a link and as it is printed.
    pub record: Option<(u64, String)>,
    /// A mark.
    pub chip: Option<Chip>,
}

impl Words<'_> {
    pub(super) fn steps(&self, records: &[Taken], projects: &[Part]) -> Vec<Step> {
        let mut steps: Vec<(Option<Date>, Step)> = records
            .iter()
            .filter(|one| !one.kind().starts_with("feedback_"))
            .map(|one| (one.date(), self.step(one)))
            .collect();
        for part in projects.iter().filter(|part| part.spent_fen > 0) {
            let Some(day) = part.accepted_on else { continue };
            let what = match self.lang {
                Lang::Zh => format!("{}验收合格", part.name),
                Lang::En => format!("{} was accepted", part.name),
            };
            let day_words = figures::day(day, self.lang);
            let step = Step {
                day: day_words,
                what,
                amount: None,
                paper: String::new(),
                record: None,
                chip: None,
            };
            steps.push((Some(day), step));
        }
        // By the day on which it happened; what happened on one day stays in the ledger's order.
        steps.sort_by_key(|(day, _)| *day);
        steps.into_iter().map(|(_, step)| step).collect()
    }

    fn step(&self, record: &Taken) -> Step {
        let lang = self.lang;
        let fen = record.sum_fen(Some(self.lot));
        let day = record.date().map(|day| figures::day(day, lang)).unwrap_or_default();
        let (what, mut paper) = self.say(record);
        for why in exceptions(record, lang) {
            if !paper.is_empty() {
                paper += " · ";
            }
            paper += &why;
        }
        let chip = match record.kind() {
            _ if record.is_exception() => {
                Some(State::Exception.chip(lang.t("例外入账", "Exception")))
            }
            "entry_reversed" => Some(State::Plain.chip(lang.t("冲正", "Reversal"))),
            _ => None,
        };
        Step {
            day,
            what,
            amount: (fen != 0).then(|| self.sum(fen)),
            paper,
            record: Some((record.seq, figures::count(record.seq))),
            chip,
        }
    }

    /// What happened, and the paper behind it.
    fn say(&self, record: &Taken) -> (String, String) {
        let lang = self.lang;
        let project = self.project(record.data("project"));
        let of = |zh: &str, en: &str, name: &str| match lang {
            Lang::Zh => format!("{zh}{name}"),
            Lang::En => format!("{en}{name}"),
        };
        match record.kind() {
            "donation_received" => {
                let holder = self.organization(record.data("custodian"));
                let number = record.data("receipt_no");
                let paper = if number.is_empty() {
                    String::new()
                } else {
                    of("收据 ", "Receipt ", number)
                };
                let what = match lang {
                    Lang::Zh => format!("{holder}收到您的捐款"),
                    Lang::En => format!("{holder} received your gift"),
                };
                (what, paper)
            }
            "receipt_issued" => {
                (of("开出收据 ", "Receipt issued: ", record.data("receipt_no")), String::new())
            }
            "lookup_replaced" => {
                (lang.t("换了查询码", "The look-up code was replaced").to_owned(), String::new())
            }
            "intent_amended" => {
                (lang.t("您改了约定", "You changed your wish").to_owned(), String::new())
            }
            "donation_refunded" => {
                (lang.t("退还给您", "Given back to you").to_owned(), String::new())
            }
            "funds_committed" => (of("安排给 ", "Arranged for ", &project), String::new()),
            "commitment_released" => {
                (of("不再用于 ", "No longer arranged for ", &project), String::new())
            }
            "disbursement_made" => (self.paid(record), self.basis(record, &project)),
            "reimbursement_accepted" => {
                let unit = self.organization(record.data("unit"));
                let what = match lang {
                    Lang::Zh => format!("{unit}凭票据报账"),
                    Lang::En => format!("{unit} accounted for the advance"),
                };
                (what, project)
            }
            "disbursement_returned" => {
                (lang.t("付出去的钱退了回来", "Money came back").to_owned(), project)
            }
            "entry_reversed" => (
                lang.t("更正：撤销前面记的一笔", "Correction: an earlier entry was reversed")
                    .to_owned(),
                record.data("reason").to_owned(),
            ),
            "recovery_ordered" => {
                (lang.t("查出问题，要求退回", "Ordered to be paid back").to_owned(), project)
            }
            "funds_recovered" => (lang.t("追回来了", "Recovered").to_owned(), String::new()),
            kind => (said_label(kind, lang).to_owned(), String::new()),
        }
    }

    fn paid(&self, record: &Taken) -> String {
        let payee = self.organization(record.data("payee"));
        let count = record.whole("recipients/count").map(figures::count).unwrap_or_default();
        match (self.lang, record.data("kind")) {
            (Lang::Zh, "advance") => format!("预付给 {payee}，等它凭票据报账"),
            (Lang::En, "advance") => format!("Paid in advance to {payee}, to be accounted for"),
            (Lang::Zh, "fee") => format!("管理费，付给 {payee}"),
            (Lang::En, "fee") => format!("A fee, paid to {payee}"),
            (Lang::Zh, "subsidy_batch") => format!("补贴到户 {count} 户"),
            (Lang::En, "subsidy_batch") => format!("Subsidies to {count} households"),
            (Lang::Zh, _) => format!("付给 {payee}"),
            (Lang::En, _) => format!("Paid to {payee}"),
        }
    }

    fn basis(&self, record: &Taken, project: &str) -> String {
        let kind = said_word(record.data("basis/kind"), self.lang);
        format!("{kind} {} · {project}", record.data("basis/number"))
    }
}
