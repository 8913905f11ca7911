//! An entry is reversed 红字冲销: exactly its movements, places exchanged.
//!
//! A reversal gives back bank references, vouchers and limits of what it reverses; ids stay taken.
//! It asks no stage, limit or holder; what then stands above a limit is a finding.

use crate::base::{EventId, Text, words::Label};
use crate::domain::Type;
use crate::domain::case::Case;
use crate::domain::decide::Facts;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::{Movement, Movements};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

/// An entry is reversed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EntryReversed<'a> {
    /// Why.
    #[serde(borrow)]
    pub reason: Text<'a, 2000>,
    /// The entry.
    pub reverses: EventId,
}

impl<'a> Kind<'a> for EntryReversed<'a> {
    const SPEC: Spec = Spec {
        name: "entry_reversed",
        label: Label { zh: "冲销", en: "Entry reversed" },
        family: Family::Correction,
        articles: &[6],
        posters: &[(Role::Bureau, Reach::Own), (Role::Custodian, Reach::Own)],
        document: true,
        // Its flows are those of what it reverses, exchanged.
        flows: &[],
        refuses: &[
            Refused::UnknownEvent,
            Refused::NotReversible,
            Refused::DateBeforeOrigin,
            Refused::FundsMovedOn,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @paid | when kb-finance entry_reversed reverses=#last reason=x | then L1 300 spent/P1/130723 > committed/P1/130723
        given @paid; kb-finance entry_reversed reverses=#last reason=x | when kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:1 | then ok
        when kb-finance entry_reversed reverses=00000000-0000-0000-0000-00000000ffff reason=x | then refused unknown_event
        given @P1 | when kb-finance entry_reversed reverses=#last reason=x | then refused not_reversible
        given @paid; kb-finance entry_reversed reverses=#last reason=x | when kb-finance entry_reversed reverses=#last reason=x | then refused not_reversible
        given @paid | when zb-finance entry_reversed reverses=#last reason=x | then refused not_reversible
        given @L1 @P1 | when kb-finance entry_reversed reverses=#first reason=x | then refused not_reversible
        given @paid | when kb-finance entry_reversed reverses=#last reason=x date=2017-05-01 | then refused date_before_origin
        given @committed; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:1 | when kb-finance entry_reversed reverses=#commit reason=x | then refused funds_moved_on asked 300 left 299
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let (seq, (own, reversible, date, movements)) =
            case.past(self.reverses, Type::ALL, |seq, past| {
                let own = past.event.by.org == case.event.by.org;
                let kind = past.event.data.kind();
                let reversible = !past.movements.is_empty() && kind != Type::EntryReversed;
                (
                    seq,
                    (own, reversible, past.event.business_date, moved(past.movements, case.state)),
                )
            })?;
        let again = case.state.is_reversed(seq);
        case.require_of(Refused::NotReversible, own && reversible && !again, self.reverses)?;
        case.not_before(date, self.reverses)?;
        let open = case.state.opens.get(&seq);
        let named = open.is_some_and(|open| open.named_by > 0);
        let late = match named {
            true => Err(Refusal::new(Refused::FundsMovedOn)
                .about("a return, recovery or reduction names it")),
            false => Ok(()),
        };
        Ok(Movements::none_if(late).undo(case.state, &movements))
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        let seq = state.ids.seq(self.reverses).expect("the entry was known");
        *state.reversed.change_or_add(seq) = true;
        entry.facts.look(seq, |past| {
            let movements = moved(past.movements, state);
            let facts = Facts {
                seq,
                recorded_at: past.recorded_at,
                posted_by: past.posted_by,
                body: past.body,
                ..*entry.facts
            };
            let original = Entry { facts: &facts, event: past.event, movements: &movements };
            past.event.data.take_back(&original, state);
        });
    }
}

fn moved(written: &[crate::domain::Written<'_>], state: &State) -> Vec<Movement> {
    let read = |one: &crate::domain::Written<'_>| {
        one.read(state).expect("what a record moved was known when it was recorded")
    };
    written.iter().map(read).collect()
}
