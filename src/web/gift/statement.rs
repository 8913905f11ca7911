//! The statement of a gift: one page of paper with everything that its donor needs to check it
//! again (pages design, 5.11).
//!
//! Its code of squares leads to the field for a code and holds neither code nor hash.

use super::super::figures;
use super::super::frame::{Frame, Here, head_lines};
use super::super::lang::Lang;
use super::super::qr::{self, Drawing};
use super::super::reply::Reply;
use super::super::visit::Visit;
use super::account::Account;
use super::duties::{self, Told};
use super::{opened, unkept};
use crate::interchange::capitals::capitals;
use crate::service::Problem;
use askama::Template;

#[derive(Template)]
#[template(path = "statement.html", config = "src/web/askama.toml")]
struct Page {
    frame: Frame,
    lang: Lang,
    account: Account,
    told: Told,
    qr: Option<Drawing>,
    number: String,
    as_of: String,
    capitals: String,
    amount: String,
    /// Label, amount, and the name that the proof has for it; fees have none.
    figures: [(&'static str, String, &'static str); 5],
    uses: Vec<Use>,
    total: String,
    head: String,
    key_id: String,
    policy_sha256: String,
    address: String,
}

/// A use of the gift.
struct Use {
    day: String,
    project: String,
    payee: String,
    paper: String,
    amount: String,
    seq: String,
}

/// The statement.
///
/// # Errors
/// No gift is open.
pub fn statement(visit: &Visit) -> Result<Reply, Problem> {
    let lang = visit.lang;
    let open = opened(visit, "gift/statement")?;
    let account = Account::of(visit, &open.viewer, &open.lot)?;
    let told = duties::told(visit, &open.viewer, &account);
    let address = format!("{}/gift", visit.home);
    let live = visit.live();
    let head = live.prover().witnessed().cloned().unwrap_or_else(|| (*live.published()).clone());
    let head = head.checkpoint;
    let key = live.views().parties.log_keys.last().cloned().unwrap_or_default();
    let gift = &account.gift;
    let fees = fees(&account);
    let uses = uses(visit, &account);
    let page = Page {
        frame: Frame::new(visit, Here::Gift, lang.t("捐赠使用情况说明书", "Statement of a gift")),
        lang,
        qr: qr::svg(&address),
        number: format!("{}-{}", gift.lot, account.today),
        as_of: figures::day(account.today, lang),
        capitals: capitals(gift.received_fen),
        amount: figures::yuan(gift.received_fen),
        figures: [
            (lang.t("收到", "Received"), gift.received_fen, "received"),
            (lang.t("已用", "Used"), gift.used_fen, "used"),
            (lang.t("其中管理费", "of it fees"), fees, ""),
            (lang.t("退回", "Refunded"), gift.refunded_fen, "refunded"),
            (lang.t("剩余", "Left"), gift.remaining_fen, "remaining"),
        ]
        .map(|(label, fen, name)| (label, figures::yuan(fen), name)),
        total: figures::yuan(gift.used_fen),
        head: head_lines(&head.origin, head.size, head.root),
        key_id: key.split('+').nth(1).unwrap_or_default().to_owned(),
        policy_sha256: live.policy_in_force().map(|one| one.to_string()).unwrap_or_default(),
        address,
        uses,
        told,
        account,
    };
    Reply::page(&page).map(unkept)
}

/// What of the gift paid fees, in fen.
fn fees(account: &Account) -> i64 {
    let paid = account.records.iter().filter(|one| one.data("kind") == "fee");
    paid.map(|one| one.sum_fen(Some(&account.gift.lot))).sum()
}

/// Every movement into and out of `spent`, so that the table adds up to what was used.
fn uses(visit: &Visit, account: &Account) -> Vec<Use> {
    let lot = account.gift.lot.as_str();
    let name = |project: &str| {
        let views = visit.live().views();
        views.names.projects.get(project).cloned().unwrap_or_else(|| project.to_owned())
    };
    let organization = |org: &str| {
        let views = visit.live().views();
        views.names.organizations.get(org).cloned().unwrap_or_else(|| org.to_owned())
    };
    let mut uses = Vec::new();
    for record in &account.records {
        let mut spent: i64 = 0;
        let mut project = "";
        for moved in record.movements().filter(|moved| moved.lot == lot) {
            for (place, fen) in [(moved.from, -moved.amount_fen), (moved.to, moved.amount_fen)] {
                let mut steps = place.split('/');
                if let (Some("spent"), Some(of)) = (steps.next(), steps.next()) {
                    spent += fen;
                    project = of;
                }
            }
        }
        if spent == 0 {
            continue;
        }
        let payee = match record.data("payee") {
            "" => record.data("unit"),
            payee => payee,
        };
        let kind = super::super::record::word(record.data("basis/kind"), visit.lang);
        let label = super::super::record::label(record.kind(), visit.lang);
        uses.push(Use {
            day: record.text("/event/business_date").to_owned(),
            project: name(project),
            payee: if payee.is_empty() { label.to_owned() } else { organization(payee) },
            paper: format!("{kind} {}", record.data("basis/number")).trim().to_owned(),
            amount: figures::yuan(spent),
            seq: figures::count(record.seq),
        });
    }
    uses
}
