//! Following money: every movement of a lot from its origin to its use, as a tree of places; and
//! the entries of a project, a payee or a voucher with the origin of what they moved.

use super::{Fold, Told};
use crate::base::{Date, Digest};
use crate::domain::parts::{Basis, Voucher};
use crate::domain::{Data, Type};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// What is followed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A lot; a gift is one.
    Lot(String),
    /// A project.
    Project(String),
    /// Who was paid.
    Payee(String),
    /// A voucher, by its number or the SHA-256 of its file.
    Voucher(String),
}

/// One movement on the way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The record's number.
    pub seq: u64,
    /// The business date.
    pub business_date: Date,
    /// The event's type.
    pub kind: &'static str,
    /// The lot.
    pub lot: String,
    /// The place it left.
    pub from: String,
    /// The place it entered.
    pub to: String,
    /// How much, in fen.
    pub amount_fen: i64,
    /// Who was paid, for what paper.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// A step and those that follow from the place it entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Branch {
    /// The step.
    #[serde(flatten)]
    pub step: Step,
    /// What stands in the place it entered, in fen, where its steps are shown here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stands_fen: Option<i64>,
    /// The steps out of that place; empty too where they are shown further up.
    pub then: Vec<Branch>,
}

/// The fold behind a trace.
#[derive(Debug)]
pub struct Trace {
    subject: Subject,
    steps: Vec<Step>,
    /// The receipt of each lot, to tell the origin of what was found.
    origins: BTreeMap<String, Step>,
}

impl Trace {
    /// Follows a subject.
    pub fn new(subject: Subject) -> Trace {
        Trace { subject, steps: Vec::new(), origins: BTreeMap::new() }
    }

    /// Was nothing found?
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The steps that were found, in the order of the records.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The tree: for a lot from its origin on, else the steps found under the origin of their lot.
    pub fn tree(&self) -> Vec<Branch> {
        match &self.subject {
            Subject::Lot(_) => {
                let mut shown = BTreeSet::new();
                self.branches("outside", &mut shown)
            }
            Subject::Project(_) | Subject::Payee(_) | Subject::Voucher(_) => self.by_origin(),
        }
    }

    fn branches(&self, place: &str, shown: &mut BTreeSet<String>) -> Vec<Branch> {
        let steps = self.steps.iter().filter(|step| step.from == place);
        steps
            .map(|step| {
                let first = step.to != "outside" && shown.insert(step.to.clone());
                Branch {
                    step: step.clone(),
                    stands_fen: first.then(|| self.stands(&step.to)),
                    then: if first { self.branches(&step.to, shown) } else { Vec::new() },
                }
            })
            .collect()
    }

    fn stands(&self, place: &str) -> i64 {
        let entering = self.steps.iter().filter(|step| step.to == place);
        let leaving = self.steps.iter().filter(|step| step.from == place);
        entering.map(|step| step.amount_fen).sum::<i64>()
            - leaving.map(|step| step.amount_fen).sum::<i64>()
    }

    fn by_origin(&self) -> Vec<Branch> {
        let mut by_lot: BTreeMap<&str, Vec<Branch>> = BTreeMap::new();
        for step in &self.steps {
            let branch = Branch { step: step.clone(), stands_fen: None, then: Vec::new() };
            by_lot.entry(&step.lot).or_default().push(branch);
        }
        let under_origin = |(lot, then): (&str, Vec<Branch>)| {
            let origin = self.origins.get(lot).expect("what moved was received before").clone();
            Branch { step: origin, stands_fen: None, then }
        };
        by_lot.into_iter().map(under_origin).collect()
    }

    /// What the event says about the subject; none where it has nothing to do with it.
    fn about(&self, told: &Told<'_>) -> Option<Option<String>> {
        let data = told.event.map(|event| &event.data);
        let paid = match data {
            Some(Data::DisbursementMade(data)) => Some(format!(
                "{} to {}, {} {}",
                data.kind,
                data.payee,
                data.basis.kind,
                data.basis.number.as_str()
            )),
            Some(Data::ReimbursementAccepted(data)) => {
                let numbers: Vec<&str> =
                    data.vouchers.iter().map(|one| one.number.as_str()).collect();
                Some(format!("{} accounts with {}", data.unit, numbers.join(", ")))
            }
            Some(_) | None => None,
        };
        let concerned = match &self.subject {
            Subject::Lot(_) | Subject::Project(_) => true,
            Subject::Payee(payee) => match data {
                Some(Data::DisbursementMade(data)) => data.payee.as_str() == payee,
                Some(Data::ReimbursementAccepted(data)) => data.unit.as_str() == payee,
                Some(_) | None => false,
            },
            Subject::Voucher(voucher) => match data {
                Some(Data::DisbursementMade(data)) => {
                    is_basis(&data.basis, voucher)
                        || data.vouchers.iter().any(|one| is_voucher(one, voucher))
                }
                Some(Data::ReimbursementAccepted(data)) => {
                    data.vouchers.iter().any(|one| is_voucher(one, voucher))
                }
                Some(_) | None => false,
            },
        };
        concerned.then_some(paid)
    }
}

fn is_basis(basis: &Basis<'_>, named: &str) -> bool {
    basis.number.as_str() == named || Digest::parse(named) == Some(basis.sha256)
}

fn is_voucher(voucher: &Voucher<'_>, named: &str) -> bool {
    voucher.number.as_str() == named || Digest::parse(named) == Some(voucher.sha256)
}

fn lies_in(place: &str, project: &str) -> bool {
    let mut steps = place.split('/');
    match steps.next() {
        Some("committed" | "spent") => steps.next() == Some(project),
        Some("advanced" | "reclaim") => steps.nth(1) == Some(project),
        Some(_) | None => false,
    }
}

impl Fold for Trace {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::DisbursementMade | Type::ReimbursementAccepted)
    }

    fn take(&mut self, told: &Told<'_>) {
        let about = self.about(told);
        for movement in told.movements {
            let step = Step {
                seq: told.seq,
                business_date: told.date,
                kind: told.kind.spec().name,
                lot: movement.lot.to_owned(),
                from: movement.from.to_owned(),
                to: movement.to.to_owned(),
                amount_fen: movement.amount_fen,
                about: about.clone().flatten(),
            };
            if movement.from == "outside" {
                self.origins.entry(step.lot.clone()).or_insert_with(|| step.clone());
            }
            let wanted = about.is_some()
                && match &self.subject {
                    Subject::Lot(lot) => step.lot == *lot,
                    Subject::Project(project) => {
                        lies_in(&step.from, project) || lies_in(&step.to, project)
                    }
                    Subject::Payee(_) | Subject::Voucher(_) => true,
                };
            if wanted {
                self.steps.push(step);
            }
        }
    }
}
