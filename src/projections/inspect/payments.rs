//! Every payment, as many rules ask: who got how much, when, for which project, and what came back.

use crate::base::{Code, Date, EventId, Name};
use crate::domain::events::{DisbursementKind, DisbursementMade, Method};
use crate::domain::{Data, Type};
use crate::projections::Told;
use std::collections::BTreeMap;

/// A payment.
#[derive(Debug)]
pub struct Payment {
    /// The record.
    pub seq: u64,
    /// The business date.
    pub on: Date,
    /// The project's jurisdiction.
    pub at: Code,
    /// The project.
    pub project: String,
    /// Who got it.
    pub payee: String,
    /// What kind of disbursement it is.
    pub kind: DisbursementKind,
    /// How it was paid.
    pub method: Method,
    /// What stands of it, in fen: less what came back, nothing once it is reversed.
    pub fen: i64,
    /// The lots that it was paid from.
    pub lots: Vec<String>,
}

impl Payment {
    /// Is it paid for work or goods, neither an advance nor a subsidy nor a bank's fee?
    pub fn is_for_work(&self) -> bool {
        self.kind == DisbursementKind::Payment
    }

    /// Is the payee a person?
    pub fn is_to_person(&self) -> bool {
        Name::parse(&self.payee).is_some_and(Name::is_person)
    }
}

/// Every payment, in the order of the records.
#[derive(Debug, Default)]
pub struct Payments {
    rows: Vec<Payment>,
    ids: BTreeMap<EventId, usize>,
    /// What each return and its reversal give back: the payment and the sum.
    returns: BTreeMap<EventId, (usize, i64)>,
}

impl Payments {
    /// Those of which something stands.
    pub fn standing(&self) -> impl Iterator<Item = &Payment> {
        self.rows.iter().filter(|payment| payment.fen > 0)
    }

    /// The payment of an event.
    pub fn of(&self, id: EventId) -> Option<&Payment> {
        self.ids.get(&id).map(|at| &self.rows[*at])
    }

    /// Does it want to see whole events of this type?
    pub fn wants_event(kind: Type) -> bool {
        matches!(kind, Type::DisbursementMade | Type::DisbursementReturned | Type::EntryReversed)
    }

    /// Takes a record in; `at` is the jurisdiction of a project.
    pub fn take(&mut self, told: &Told<'_>, at: impl Fn(&str) -> Option<Code>) {
        match told.event.map(|event| &event.data) {
            Some(Data::DisbursementMade(data)) => {
                let at = at(data.project.as_str()).unwrap_or(told.here);
                self.ids.insert(told.id, self.rows.len());
                self.rows.push(paid(data, told, at));
            }
            Some(Data::DisbursementReturned(data)) => {
                if let Some(at) = self.ids.get(&data.reverses).copied() {
                    let back = data.lots.sum().get();
                    self.rows[at].fen -= back;
                    self.returns.insert(told.id, (at, back));
                }
            }
            Some(Data::EntryReversed(data)) => {
                if let Some((at, back)) = self.returns.remove(&data.reverses) {
                    self.rows[at].fen += back;
                } else if let Some(at) = self.ids.get(&data.reverses) {
                    self.rows[*at].fen = 0;
                }
            }
            Some(_) | None => {}
        }
    }
}

fn paid(data: &DisbursementMade<'_>, told: &Told<'_>, at: Code) -> Payment {
    Payment {
        seq: told.seq,
        on: told.date,
        at,
        project: data.project.to_string(),
        payee: data.payee.to_string(),
        kind: data.kind,
        method: data.method,
        fen: data.lots.sum().get(),
        lots: data.lots.iter().map(|one| one.lot.to_string()).collect(),
    }
}
