//! One record in short: what a list, a search or the account of a project prints of it.
//!
//! It repeats what the record says and judges nothing; who may be shown it is decided elsewhere.

use super::Told;
use super::path::Spot;
use crate::base::words::Label;
use crate::base::{Code, Date, Digest, EventId};
use crate::domain::events::DisbursementMade;
use crate::domain::parts::{Exception, List, Voucher};
use crate::domain::place::PlaceKind;
use crate::domain::{Data, Event, Type};

/// A paper that a record rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Its number.
    pub number: String,
    /// SHA-256 of its file.
    pub sha256: Digest,
}

/// The households that a subsidy batch paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Households {
    /// How many.
    pub count: u32,
    /// SHA-256 of their list.
    pub list_sha256: Digest,
    /// Through whom they were paid.
    pub paid_through: String,
}

/// A rule that the fact broke, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excused {
    /// The code of the rule.
    pub code: String,
    /// Why it happened.
    pub reason: String,
}

/// A movement; the amount in fen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The lot.
    pub lot: String,
    /// The place it left.
    pub from: String,
    /// The place it entered.
    pub to: String,
    /// How much.
    pub fen: i64,
}

/// A record in short.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excerpt {
    /// Its number.
    pub seq: u64,
    /// The event's id.
    pub id: EventId,
    /// The event's type, by name.
    pub kind: &'static str,
    /// What people call it; a disbursement's own kind where it is one.
    pub label: Label,
    /// The business date.
    pub on: Date,
    /// The day on which it was recorded, in Hebei.
    pub recorded_on: Date,
    /// The event's jurisdiction.
    pub here: Code,
    /// The organization behind it.
    pub org: String,
    /// Who approved an exception, by a staff reference.
    pub approver: Option<String>,
    /// The sum of what it moved, in fen.
    pub amount_fen: i64,
    /// What it moved.
    pub moves: Vec<Moved>,
    /// The documents of its header.
    pub papers: Vec<Paper>,
    /// Bank references and numbers of contracts, invoices and vouchers.
    pub references: Vec<String>,
    /// The project.
    pub project: Option<String>,
    /// Who was paid, or paid back.
    pub payee: Option<String>,
    /// Is whoever was paid a person? Then the page names nobody.
    pub is_person: bool,
    /// The reason that it states, or its note.
    pub says: String,
    /// Why, where the reason is one of a closed list: of a withdrawal, a refund, a reduction.
    pub because: Option<Label>,
    /// The paper that a payment rests on: its kind and number.
    pub basis: Option<(Label, String)>,
    /// The households of a subsidy batch.
    pub households: Option<Households>,
    /// The rules that it broke.
    pub excused: Vec<Excused>,
    /// The event that it undoes in part or whole.
    pub reverses: Option<EventId>,
    /// What a project is to reach and how many households it serves, where it enters the library.
    pub goals: Option<(String, u32)>,
    /// The month that was opened again.
    pub period: Option<String>,
    /// The notice, where it is one: SHA-256 of what was shown.
    pub shown_sha256: Option<Digest>,
}

impl Excerpt {
    /// The record that a fold is told of, with its event.
    pub fn of(told: &Told<'_>) -> Excerpt {
        let moved = |one: &crate::domain::Written<'_>| Moved {
            lot: one.lot.to_owned(),
            from: one.from.to_owned(),
            to: one.to.to_owned(),
            fen: one.amount_fen,
        };
        let moves: Vec<Moved> = told.movements.iter().map(moved).collect();
        let lies_in = |one: &Moved| {
            let project = |path| Spot::parse(path).and_then(|spot: Spot<'_>| spot.project);
            project(&one.to).or_else(|| project(&one.from)).map(str::to_owned)
        };
        let mut excerpt = Excerpt {
            seq: told.seq,
            id: told.id,
            kind: told.kind.spec().name,
            label: told.kind.spec().label,
            on: told.date,
            recorded_on: told.recorded_at.hebei_date(),
            here: told.here,
            org: String::new(),
            approver: None,
            amount_fen: moves.iter().map(|one| one.fen).sum(),
            project: moves.iter().find_map(lies_in),
            moves,
            papers: Vec::new(),
            references: Vec::new(),
            payee: None,
            is_person: false,
            says: String::new(),
            because: None,
            basis: None,
            households: None,
            excused: Vec::new(),
            reverses: None,
            goals: None,
            period: None,
            shown_sha256: None,
        };
        if let Some(event) = told.event {
            excerpt.learn(event);
        }
        excerpt
    }

    /// How many days after its day it was recorded.
    pub fn days_later(&self) -> i32 {
        self.on.days_until(self.recorded_on)
    }

    /// What it paid out for a project, less what it brought back, in fen, by lot in the order of
    /// its movements; and whether it moved money only inside: an advance that was accounted for.
    pub fn paid(&self, project: &str) -> (Vec<(&str, i64)>, bool) {
        let is_paid = |path: &str| {
            Spot::parse(path).is_some_and(|spot| {
                let kinds = [PlaceKind::Advanced, PlaceKind::Spent, PlaceKind::Reclaim];
                spot.project == Some(project) && kinds.contains(&spot.kind)
            })
        };
        let (mut crossed, mut inside) = (Vec::new(), Vec::new());
        for one in &self.moves {
            match (is_paid(&one.from), is_paid(&one.to)) {
                (false, true) => crossed.push((one.lot.as_str(), one.fen)),
                (true, false) => crossed.push((one.lot.as_str(), -one.fen)),
                (true, true) => inside.push((one.lot.as_str(), one.fen)),
                (false, false) => {}
            }
        }
        let memo = crossed.is_empty();
        (if memo { inside } else { crossed }, memo)
    }

    fn learn(&mut self, event: &Event<'_>) {
        self.org = event.by.org.to_string();
        self.approver = event.by.approver.map(|name| name.to_string());
        self.papers = event
            .docs
            .iter()
            .map(|paper| Paper { number: paper.number.as_str().to_owned(), sha256: paper.sha256 })
            .collect();
        self.says = event.note.as_ref().map(|note| note.as_str().to_owned()).unwrap_or_default();
        match &event.data {
            Data::DisbursementMade(data) => self.disburse(data),
            Data::FundsCommitted(data) => self.excuse(&data.exceptions),
            Data::ReimbursementAccepted(data) => {
                self.payee = Some(data.unit.to_string());
                self.vouchers(&data.vouchers);
            }
            Data::DisbursementReturned(data) => {
                data.reason.as_str().clone_into(&mut self.says);
                self.reverses = Some(data.reverses);
                self.references.extend(data.bank_ref.map(|name| name.to_string()));
            }
            Data::FundsWithdrawn(data) => self.because = Some(data.reason.label()),
            Data::DonationRefunded(data) => self.because = Some(data.reason.label()),
            Data::RecoveryReduced(data) => self.because = Some(data.reason.label()),
            Data::AllocationRecalled(data) => data.reason.as_str().clone_into(&mut self.says),
            Data::EntryReversed(data) => {
                data.reason.as_str().clone_into(&mut self.says);
                self.reverses = Some(data.reverses);
            }
            Data::PeriodReopened(data) => {
                data.reason.as_str().clone_into(&mut self.says);
                self.period = Some(data.period.to_string());
            }
            Data::ProjectReopened(data) => {
                data.reason.as_str().clone_into(&mut self.says);
                self.project = Some(data.project.to_string());
            }
            Data::FundsReceived(data) => data.provider.as_str().clone_into(&mut self.says),
            Data::ProjectAdmitted(data) => {
                self.goals = Some((data.goals.as_str().to_owned(), data.households));
                self.project = Some(data.project.to_string());
            }
            Data::ProjectApproved(data) => self.project = Some(data.project.to_string()),
            Data::ProjectChanged(data) => self.project = Some(data.project.to_string()),
            Data::ProgressCertified(data) => self.project = Some(data.project.to_string()),
            Data::ProjectAccepted(data) => self.project = Some(data.project.to_string()),
            Data::ProjectClosed(data) => self.project = Some(data.project.to_string()),
            Data::ProjectCancelled(data) => self.project = Some(data.project.to_string()),
            Data::DisclosurePublished(data) => self.shown_sha256 = Some(data.content_sha256),
            _ => {}
        }
    }

    fn disburse(&mut self, data: &DisbursementMade<'_>) {
        self.label = data.kind.label();
        self.payee = Some(data.payee.to_string());
        self.is_person = data.payee.is_person();
        self.references.push(data.bank_ref.to_string());
        self.references.push(data.basis.number.as_str().to_owned());
        self.vouchers(&data.vouchers);
        self.excuse(&data.exceptions);
        if let Some(paid) = &data.recipients {
            self.households = Some(Households {
                count: paid.count,
                list_sha256: paid.list_sha256,
                paid_through: paid.paid_through.as_str().to_owned(),
            });
        }
        let number = data.basis.number.as_str().to_owned();
        self.basis = Some((data.basis.kind.label(), number));
    }

    fn vouchers(&mut self, vouchers: &List<Voucher<'_>>) {
        self.references.extend(vouchers.iter().map(|one| one.number.as_str().to_owned()));
    }

    fn excuse(&mut self, exceptions: &List<Exception<'_>>) {
        let excused = |one: &Exception<'_>| Excused {
            code: one.code.to_string(),
            reason: one.reason.as_str().to_owned(),
        };
        self.excused = exceptions.iter().map(excused).collect();
    }
}

/// The types that move money or say why, in the order of their list: what a search offers.
pub fn types() -> impl Iterator<Item = (&'static str, Label)> {
    Type::ALL.iter().map(|kind| (kind.spec().name, kind.spec().label))
}
