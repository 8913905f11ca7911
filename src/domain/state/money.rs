//! Lots, the cells where their fen are, and the one function that moves them.

use super::{CampaignId, IntentId, LotId, OrganizationId, PairingId, PartyId, State};
use crate::base::{Code, Date, Fen, Village};
use crate::domain::fund::{Category, Class, Fund};
use crate::domain::movement::Movement;
use crate::domain::place::{Place, Source};
use serde::{Deserialize, Serialize};

/// Money of one origin. What is fixed at its receipt never changes; the sums follow the movements.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Lot {
    /// The kind of its origin.
    pub fund: Fund,
    /// The book that it belongs to.
    pub class: Class,
    /// The item of agriculture-related money.
    pub item: Option<PartyId>,
    /// The fiscal year; a gift's is the year it came.
    pub year: u16,
    /// The business date of its receipt.
    pub received_on: Date,
    /// The jurisdiction that received it.
    pub receiver: Code,
    /// The body that received it for the ledger (the poster's organization).
    pub received_by: Option<OrganizationId>,
    /// Who holds it, for social money.
    pub custodian: Option<OrganizationId>,
    /// The categories that it may pay, as bits of [`Category`]; 0: any.
    pub purpose: u32,
    /// The pairing that it came by.
    pub pairing: Option<PairingId>,
    /// The lot that it is interest of, or recovered from.
    pub of_lot: Option<LotId>,
    /// The donor's reference.
    pub donor: Option<PartyId>,
    /// The campaign that it was given to.
    pub campaign: Option<CampaignId>,
    /// What its donor wishes now; what was committed keeps the wish of its day.
    pub intent: IntentId,
    /// Did it ever have a look-up code?
    pub had_code: bool,
    /// Was its receipt reversed?
    pub reversed: bool,
    /// What came in.
    pub received: Fen,
    /// What was withdrawn.
    pub withdrawn: Fen,
    /// What was refunded to the donor.
    pub refunded: Fen,
    /// What is spent, over all projects.
    pub spent: Fen,
    /// Fees that it paid, less returned ones.
    pub fees: Fen,
    /// What its live receipts say.
    pub receipted: Fen,
    /// How many receipts are live.
    pub live_receipts: u32,
    /// The record that moved it last.
    pub last_moved: u64,
}

impl Lot {
    /// Is it a gift?
    pub fn is_gift(&self) -> bool {
        self.fund == Fund::Donation
    }

    /// Is it social money, which its custodian holds?
    pub fn is_social(&self) -> bool {
        self.class == Class::Social
    }

    /// What remains of it: received less used, withdrawn and refunded.
    pub fn remaining(&self) -> Fen {
        self.received.less(self.spent).less(self.withdrawn).less(self.refunded)
    }
}

/// A donor's wish as the state keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Wish {
    /// Jurisdictions, with all below them; empty: any.
    pub jurisdictions: Vec<Code>,
    /// Villages; empty: any.
    pub villages: Vec<Village>,
    /// Projects; empty: any.
    pub projects: Vec<Box<str>>,
    /// Categories, as bits of [`Category`]; 0: any.
    pub categories: u32,
    /// The share that may pay fees, in basis points.
    pub fee_cap_bp: u16,
}

/// What an intent looks at in a project.
#[derive(Clone, Copy, Debug)]
pub struct Aim<'a> {
    /// The project's id.
    pub project: &'a str,
    /// Its jurisdiction.
    pub jurisdiction: Code,
    /// Its villages.
    pub villages: &'a [Village],
    /// Its category.
    pub category: Category,
}

impl Wish {
    /// Does the wish cover the project? Every dimension that it lists must hold (Article 28).
    pub fn covers(&self, aim: Aim<'_>, state: &State) -> bool {
        let villages = self.villages.is_empty()
            || !aim.villages.is_empty()
                && aim.villages.iter().all(|village| self.villages.contains(village));
        villages
            && (self.jurisdictions.is_empty()
                || state.upwards(aim.jurisdiction).any(|code| self.jurisdictions.contains(&code)))
            && (self.projects.is_empty() || self.projects.iter().any(|one| **one == *aim.project))
            && (self.categories == 0 || self.categories & aim.category.bit() != 0)
    }
}

/// What lies inside and outside the ledger, per class: two sums that must agree.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Totals {
    /// The sum over all places, fiscal and social.
    pub inside: [i128; 2],
    /// What came in less what went out, fiscal and social.
    pub came_in: [i128; 2],
}

impl State {
    /// A lot.
    pub fn lot(&self, id: LotId) -> &Lot {
        self.lots.at(id.index()).1
    }

    /// A lot's id in text.
    pub fn lot_name(&self, id: LotId) -> &str {
        self.lots.at(id.index()).0
    }

    /// The lot of that name.
    pub fn lot_id(&self, name: &str) -> Option<LotId> {
        self.lots.index(name).map(LotId::new)
    }

    /// A lot's present wish; money that nobody gave has none and is covered everywhere.
    pub fn wish(&self, id: IntentId) -> &Wish {
        self.wishes.at(id.index()).0
    }

    /// What stands in a place of a lot; outside has no bottom.
    pub fn balance(&self, lot: LotId, place: Place) -> Fen {
        match place {
            Place::Outside => Fen::new(crate::base::fen::FEN_MAX).unwrap_or_default(),
            _ => self.cells.get(&(lot, place)).copied().unwrap_or_default(),
        }
    }

    /// Moves money: cells, the lot's sums, its campaign's, its project's, the totals. The places
    /// were found to hold enough; a place below zero here is a bug and stops the program.
    pub(super) fn move_money(&mut self, movement: &Movement, seq: u64) {
        assert!(movement.from != movement.to, "a movement joins two places");
        let (lot, amount) = (movement.lot, movement.amount.fen());
        self.take(lot, movement.from, amount);
        self.put(lot, movement.to, amount);
        self.move_lot(movement, seq);
        self.move_project(movement);
        self.move_totals(movement);
    }

    fn take(&mut self, lot: LotId, place: Place, amount: Fen) {
        if place == Place::Outside {
            return;
        }
        let cell = self.cells.change_or_add((lot, place));
        *cell = cell.minus(amount).expect("law: no place but outside is ever below zero");
    }

    fn put(&mut self, lot: LotId, place: Place, amount: Fen) {
        if place == Place::Outside {
            return;
        }
        let cell = self.cells.change_or_add((lot, place));
        *cell = cell.plus(amount).expect("a lot's money is bounded by what came in");
    }

    fn move_lot(&mut self, movement: &Movement, seq: u64) {
        let amount = movement.amount.fen();
        let row = self.lots.change_at(movement.lot.index());
        row.last_moved = seq;
        let spent = matches!(movement.to, Place::Spent(..));
        let unspent = matches!(movement.from, Place::Spent(..));
        if spent {
            row.spent =
                row.spent.plus(amount).expect("a lot's spending is bounded by what came in");
        }
        if unspent {
            row.spent = row.spent.minus(amount).expect("law: spending is never undone twice");
        }
        let campaign = row.campaign;
        if let Some(id) = campaign {
            let row = self.campaigns.change_at(id.index());
            row.last_moved = seq;
            let amount = i128::from(amount.get());
            if spent {
                row.spent += amount;
            }
            if unspent {
                row.spent -= amount;
            }
        }
    }

    fn move_totals(&mut self, movement: &Movement) {
        let amount = i128::from(movement.amount.get());
        let class = self.lot(movement.lot).class as usize;
        if movement.from == Place::Outside {
            self.totals.came_in[class] += amount;
        } else {
            self.totals.inside[class] -= amount;
        }
        if movement.to == Place::Outside {
            self.totals.came_in[class] -= amount;
        } else {
            self.totals.inside[class] += amount;
        }
    }

    /// The sources from which money lies in a project, in draw order.
    pub fn sources(&self, project: super::ProjectId) -> &[Source] {
        self.project_sources.get(&project).map(Vec::as_slice).unwrap_or_default()
    }
}
