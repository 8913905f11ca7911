//! What recoveries and reductions share: the order that they name, and what remains of it.
//!
//! An order that was reversed has nothing left, so whatever names it is `above_ordered`.

use crate::base::{Date, EventId};
use crate::domain::case::{Case, LotOf, ProjectOf};
use crate::domain::event::{Data, Type};
use crate::domain::parts::Lots;
use crate::domain::place::{Place, Source};
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::state::{PartyId, State};

/// An order of recovery, as a later event sees it.
pub(super) struct Order<'c> {
    seq: u64,
    /// The day on which it was given.
    pub(super) on: Date,
    /// The project in which its money stands.
    pub(super) project: ProjectOf<'c>,
    debtor: PartyId,
}

impl Order<'_> {
    /// Where the debtor's money of a source stands.
    pub(super) fn place(&self, source: Source) -> Place {
        Place::Reclaim(self.debtor, self.project.id, source)
    }

    /// No more of a lot than was ordered and is neither recovered nor reduced (`above_ordered`).
    pub(super) fn has_left(&self, case: &Case<'_>, lots: &[LotOf<'_>]) -> Check {
        lots.iter().try_for_each(|lot| {
            case.require_within(
                Refused::AboveOrdered,
                lot.amount.fen(),
                case.state.open_line(self.seq, lot.id),
                format_args!("lot {}", case.state.lot_name(lot.id)),
            )
        })
    }
}

impl<'c> Case<'c> {
    /// The order of that id (`unknown_event`).
    pub(super) fn order(&self, id: EventId) -> Result<Order<'c>, Refusal> {
        self.past(id, &[Type::RecoveryOrdered], |seq, past| {
            let Data::RecoveryOrdered(order) = &past.event.data else {
                unreachable!("only orders were asked for")
            };
            let known = "an order's project and debtor were known when it was recorded";
            let project = self.state.project_id(order.project.as_str()).expect(known);
            Order {
                seq,
                on: past.event.business_date,
                project: ProjectOf { id: project, row: self.state.project(project) },
                debtor: self.state.party_id(order.debtor.as_str()).expect(known),
            }
        })
    }
}

/// Lowers what remains of an order and counts who names it, or takes that back.
pub(super) fn change_order(id: EventId, lots: &Lots<'_>, state: &mut State, lower: bool) {
    let seq = state.ids.seq(id).expect("the order was known");
    for one in lots.iter() {
        let lot = state.lot_id(one.lot.as_str()).expect("the lot was known");
        state.change_open(seq, lot, one.amount_fen.fen(), !lower);
    }
    let open = state.opens.change(&seq).expect("an order has lines from its first day");
    open.named_by = match lower {
        true => open.named_by.checked_add(1),
        false => open.named_by.checked_sub(1),
    }
    .expect("each live recovery and reduction names its order once");
}
