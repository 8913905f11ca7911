//! The state that the rules read: one, ahead of the disk, with an undo log.
//!
//! The writer owns it. Every event goes through [`State::step`]: decide, apply, laws; what an
//! atomic post or a dry run did is undone by closing the scope. Readers never see it: they read
//! projections.

mod gifts;
mod ids;
mod keys;
mod laws;
mod limits;
mod money;
mod net;
mod plans;
mod projects;
mod registry;
mod table;

pub use gifts::Campaign;
pub use ids::Ids;
pub use laws::Broken;
pub use limits::{
    BankUse, Books, Budget, Direction, FaceUse, Finding, Open, Plan, PlanLine, PlanUse, Receipt,
    bank_key,
};
pub use money::{Aim, Lot, Totals, Wish};
pub use net::Net;
pub use plans::LinesUsed;
pub use projects::{Project, Stage};
pub use registry::{
    Jurisdiction, Organization, OrganizationKind, Pairing, PairingKind, PovertyStatus, Principal,
    Setting,
};
pub use table::{Scoped, Table};

use super::decide::{Facts, Verdict, decide};
use super::event::{Entry, Event};
use super::movement::Movement;
use super::place::{Place, Source};
use super::policy::PolicyKey;
use super::refusal::Refusal;
use crate::base::{Code, Date, Digest, Fen, Month, Stamp, Village};
use serde::{Deserialize, Serialize};

/// Declares an index into a table.
macro_rules! indices {
    ($($(#[$doc:meta])* $name:ident)+) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(u32);
        impl $name {
            /// The index of a row.
            pub fn new(index: usize) -> $name {
                $name(u32::try_from(index).expect("a table holds fewer than 2^32 rows"))
            }
            /// The row's position in its table.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )+ };
}
indices! {
    /// A lot.
    LotId
    /// A project.
    ProjectId
    /// A consolidation plan.
    PlanId
    /// An organization.
    OrganizationId
    /// A principal
    PrincipalId
    /// A name that only stands in places and rows: payee, debtor, unit, donor, item.
    PartyId
    /// A pairing.
    PairingId
    /// A campaign in one custodian's hand.
    CampaignId
    /// A donor's wish; 0 is the wish that restricts nothing.
    IntentId
}

/// Declares the state: every table once, so that scopes reach all of them.
macro_rules! tables {
    ($($(#[$doc:meta])* $name:ident: $type:ty,)+) => {
        /// Everything that the rules read.
        #[derive(Debug, Default, Serialize, Deserialize)]
        pub struct State {
            $($(#[$doc])* pub $name: $type,)+
            /// What lies inside and what came in.
            pub totals: Totals,
            /// When the last record was recorded.
            pub recorded_at: Stamp,
            #[serde(skip)]
            before: Option<(Totals, Stamp)>,
        }

        impl State {
            fn each_table(&mut self, mut each: impl FnMut(&mut dyn Scoped)) {
                $(each(&mut self.$name);)+
            }
        }
    };
}

tables! {
    /// The event ids in the order of the records.
    ids: Ids,
    /// Jurisdictions by their first code.
    jurisdictions: Table<Code, Jurisdiction>,
    /// Later codes, and the first code that each stands for.
    renamed_codes: Table<Code, Code>,
    /// Organizations by name.
    organizations: Table<Box<str>, Organization>,
    /// Grants by principal.
    principals: Table<Box<str>, Principal>,
    /// The principals that each organization, or donor's reference, ever had.
    grants: Table<Box<str>, Vec<PrincipalId>>,
    /// Every public key the ledger knows, and the principal, log or witness that has it.
    keys: Table<Digest, Box<str>>,
    /// The origins that checkpoints bore, the last now, each with the log key that it had last.
    origins: Table<Box<str>, Digest>,
    /// Log keys that were changed for another, and when: they sign along for a while.
    changed_log_keys: Table<Digest, Stamp>,
    /// Witnesses by name: is it still one?
    witnesses: Table<Box<str>, bool>,
    /// Pairings by name.
    pairings: Table<Box<str>, Pairing>,
    /// What each level set for each threshold, in the order of the records.
    policies: Table<(PolicyKey, Code), Vec<Setting>>,
    /// Documents filed, by a digest of kind, year, from and about.
    filed: Table<[u8; 16], u64>,
    /// Names that only stand in places and rows.
    parties: Table<Box<str>, ()>,
    /// Lots by id.
    lots: Table<Box<str>, Lot>,
    /// What stands in each place of each lot.
    cells: Table<(LotId, Place), Fen>,
    /// Donors' wishes, each once; the first restricts nothing.
    wishes: Table<Wish, ()>,
    /// The wishes under which a gift was committed to a project.
    committed_under: Table<(LotId, ProjectId), Vec<IntentId>>,
    /// Look-up codes ever given, and their gift.
    lookups: Table<Digest, LotId>,
    /// Pledges, and who made them.
    pledges: Table<Box<str>, Box<str>>,
    /// Campaigns by name and custodian.
    campaigns: Table<(Box<str>, OrganizationId), Campaign>,
    /// Donors of campaigns, and the record by which each first gave to it.
    campaign_donors: Table<(CampaignId, PartyId), u64>,
    /// Receipts by custodian and number.
    receipts: Table<(OrganizationId, Box<str>), Receipt>,
    /// Projects by id.
    projects: Table<Box<str>, Project>,
    /// Villages of projects.
    project_villages: Table<ProjectId, Vec<Village>>,
    /// Sources of the money in projects, in draw order.
    project_sources: Table<ProjectId, Vec<Source>>,
    /// Plans by id.
    plans: Table<Box<str>, Plan>,
    /// Lines of plans.
    plan_lines: Table<(PlanId, PlanLine), PlanUse>,
    /// Under which line a lot was consolidated, and how much is still.
    consolidated_under: Table<(PlanId, LotId, PlanLine), Net>,
    /// Which lines of a plan an event used or freed, by its sequence and lot.
    lines_used: Table<(u64, LotId), LinesUsed>,
    /// Budgets of own-level funds.
    budgets: Table<(Code, super::fund::Fund, u16), Budget>,
    /// What one jurisdiction allocated of a lot to another, less recalled.
    passed_down: Table<(Code, Code, LotId), Net>,
    /// What remains of each lot of a disbursement or an order, by its sequence.
    open_lines: Table<(u64, LotId), Fen>,
    /// What remains of a disbursement or an order, and how many events name it.
    opens: Table<u64, Open>,
    /// Records that were reversed.
    reversed: Table<u64, bool>,
    /// Bank references.
    bank_references: Table<[u8; 16], BankUse>,
    /// Faces of invoices, vouchers and lists.
    faces: Table<[u8; 16], FaceUse>,
    /// Months by books: closed or not.
    closed_months: Table<(Books, Month), bool>,
    /// Findings by name.
    findings: Table<Box<str>, Finding>,
}

/// What became of an event.
#[derive(Debug)]
pub enum Step {
    /// It is to be recorded with these movements.
    Recorded(Vec<Movement>),
    /// The same body is recorded already, under this sequence.
    Duplicate(u64),
}

impl State {
    /// The state of an empty ledger.
    pub fn new() -> State {
        let mut state = State::default();
        state.wishes.add(Wish::default(), ());
        state
    }

    /// How many records the state contains; the next record's sequence.
    pub fn size(&self) -> u64 {
        self.ids.len()
    }

    /// Decides an event and, if it is to be recorded, applies it and holds the laws.
    ///
    /// A refused event and a duplicate change nothing.
    pub fn step(&mut self, event: &Event<'_>, facts: &Facts<'_>) -> Result<Step, Refusal> {
        assert!(facts.seq == self.size(), "the sequence grows by exactly one");
        let movements = match decide(self, event, facts)? {
            Verdict::Duplicate(seq) => return Ok(Step::Duplicate(seq)),
            Verdict::Record(movements) => movements,
        };
        self.apply(&Entry { facts, event, movements: &movements });
        Ok(Step::Recorded(movements))
    }

    fn apply(&mut self, entry: &Entry<'_>) {
        assert!(self.recorded_at <= entry.facts.recorded_at, "recorded time never runs backwards");
        self.ids.add(entry.event.id);
        // What an event introduces (its lot, its payee's name) stands before its money moves.
        entry.event.data.introduce(entry, self);
        for movement in entry.movements {
            self.move_money(movement, entry.facts.seq);
        }
        entry.event.data.apply(entry, self);
        self.recorded_at = entry.facts.recorded_at;
        self.assert_totals();
        assert!(self.size() == entry.facts.seq + 1, "a record adds one to the size");
    }

    /// Opens a scope: what follows can be undone.
    pub fn open_scope(&mut self) {
        self.before = Some((self.totals.clone(), self.recorded_at));
        self.each_table(|table| table.open());
    }

    /// Ends the scope and keeps what was done in it.
    pub fn keep_scope(&mut self) {
        self.before = None;
        self.each_table(|table| table.keep());
    }

    /// Ends the scope and undoes what was done in it.
    pub fn undo_scope(&mut self) {
        let (totals, recorded_at) = self.before.take().expect("a scope is undone only while open");
        self.totals = totals;
        self.recorded_at = recorded_at;
        self.each_table(|table| table.undo());
    }

    /// A name that only stands in places and rows.
    pub fn party_id(&self, name: &str) -> Option<PartyId> {
        self.parties.index(name).map(PartyId::new)
    }

    /// The id that a name has, or that it will have once it is introduced: at most one new name of
    /// an event stands in its movements, so the next index is its.
    pub fn party_or_next(&self, name: &str) -> PartyId {
        PartyId::new(self.parties.index(name).unwrap_or(self.parties.len()))
    }

    /// Makes the name known; gives its id.
    pub fn introduce_party(&mut self, name: &str) -> PartyId {
        match self.parties.index(name) {
            Some(index) => PartyId::new(index),
            None => PartyId::new(self.parties.add(name.into(), ())),
        }
    }

    /// The text of a name.
    pub fn party_name(&self, id: PartyId) -> &str {
        self.parties.at(id.index()).0
    }

    /// Was the record reversed?
    pub fn is_reversed(&self, seq: u64) -> bool {
        self.reversed.get(&seq).copied().unwrap_or(false)
    }

    /// Today in Hebei, as far as the records know.
    pub fn today(&self) -> Date {
        self.recorded_at.hebei_date()
    }
}
