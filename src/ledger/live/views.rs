//! The folds that answers are read from, all at one position.
//!
//! Derived and held in memory: folded anew from the first record at every start, so that an answer
//! never depends on what an earlier process left.

use crate::base::{Digest, Stamp};
use crate::chain::merkle::CompactRange;
use crate::domain::Type;
use crate::projections::ages::Ages;
use crate::projections::balances::Balances;
use crate::projections::cards::Cards;
use crate::projections::disclosures::Disclosures;
use crate::projections::dues::Dues;
use crate::projections::findings::Findings;
use crate::projections::flows::Flows;
use crate::projections::gifts::Gifts;
use crate::projections::heads::Heads;
use crate::projections::links::Links;
use crate::projections::lists::Lists;
use crate::projections::names::Names;
use crate::projections::origins::Origins;
use crate::projections::parties::Parties;
use crate::projections::plan_lines::Plans;
use crate::projections::projects::Projects;
use crate::projections::works::Works;
use crate::projections::{Fold, Told};

/// The folds, and where they stand.
#[derive(Debug)]
pub struct Views<F> {
    tree: CompactRange,
    /// The leaf hash of the last record.
    pub(super) last: Digest,
    root: Digest,
    /// When the last record was recorded.
    pub recorded_at: Option<Stamp>,
    /// Has everything been folded that was durable when the service started?
    pub(super) is_whole: bool,
    /// What came, went and stands.
    pub balances: Balances,
    /// Projects and their money.
    pub projects: Projects,
    /// Gifts and their money.
    pub gifts: Gifts,
    /// Names of jurisdictions, organizations, projects.
    pub names: Names,
    /// Witnesses, and verifications that were filed.
    pub heads: Heads,
    /// Which records point at which.
    pub links: Links,
    /// The keys that the records state.
    pub parties: Parties,
    /// Feedback duties.
    pub dues: Dues,
    /// Where money went.
    pub flows: Flows,
    /// Findings and their course.
    pub findings: Findings,
    /// What was put up in public.
    pub disclosures: Disclosures,
    /// How long money waits.
    pub ages: Ages,
    /// Consolidation plans.
    pub plans: Plans,
    /// What supervision opens first.
    pub lists: Lists,
    /// Where the money of lots came from.
    pub origins: Origins,
    /// The money of projects, by class.
    pub works: Works,
    /// What searches compare.
    pub cards: Cards,
    /// The fold that stands beside them.
    pub beside: F,
}

impl<F: Default> Default for Views<F> {
    fn default() -> Views<F> {
        Views {
            tree: CompactRange::default(),
            last: Digest::ZERO,
            root: crate::chain::merkle::empty_root(),
            recorded_at: None,
            is_whole: false,
            balances: Balances::counting(),
            projects: Projects::default(),
            gifts: Gifts::default(),
            names: Names::default(),
            heads: Heads::default(),
            links: Links::default(),
            parties: Parties::default(),
            dues: Dues::default(),
            flows: Flows::new(None),
            findings: Findings::default(),
            disclosures: Disclosures::default(),
            ages: Ages::default(),
            plans: Plans::default(),
            lists: Lists::default(),
            origins: Origins::default(),
            works: Works::default(),
            cards: Cards::default(),
            beside: F::default(),
        }
    }
}

impl<F> Views<F> {
    /// How many records they hold.
    pub fn size(&self) -> u64 {
        self.tree.end()
    }

    /// The root of the tree of these records.
    pub fn root(&self) -> Digest {
        self.root
    }

    /// Takes in the hash of the record that was folded.
    pub(super) fn push(&mut self, leaf: Digest) {
        self.tree.push(leaf);
        self.last = leaf;
    }

    /// Sums up the root after the last of several records.
    pub(super) fn settle(&mut self) {
        self.root = self.tree.root();
    }
}

impl<F: Fold> Fold for Views<F> {
    fn wants_event(&self, kind: Type) -> bool {
        self.balances.wants_event(kind)
            || self.projects.wants_event(kind)
            || self.gifts.wants_event(kind)
            || self.names.wants_event(kind)
            || self.heads.wants_event(kind)
            || self.links.wants_event(kind)
            || self.parties.wants_event(kind)
            || self.dues.wants_event(kind)
            || self.flows.wants_event(kind)
            || self.findings.wants_event(kind)
            || self.disclosures.wants_event(kind)
            || self.ages.wants_event(kind)
            || self.plans.wants_event(kind)
            || self.lists.wants_event(kind)
            || self.origins.wants_event(kind)
            || self.works.wants_event(kind)
            || self.cards.wants_event(kind)
            || self.beside.wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.recorded_at = Some(told.recorded_at);
        let folds: [&mut dyn Fold; 18] = [
            &mut self.balances,
            &mut self.projects,
            &mut self.gifts,
            &mut self.names,
            &mut self.heads,
            &mut self.links,
            &mut self.parties,
            &mut self.dues,
            &mut self.flows,
            &mut self.findings,
            &mut self.disclosures,
            &mut self.ages,
            &mut self.plans,
            &mut self.lists,
            &mut self.origins,
            &mut self.works,
            &mut self.cards,
            &mut self.beside,
        ];
        for fold in folds {
            // A fold that does not ask for this event sees none, as when it folds alone.
            match told.event.is_some() && !fold.wants_event(told.kind) {
                true => fold.take(&Told { event: None, ..*told }),
                false => fold.take(told),
            }
        }
    }
}
