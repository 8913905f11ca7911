//! Which records a viewer reads: one pure function over facts of the record.
//!
//! It decides lists, counts, pages, streams, exports, traces and details alike; what it hides is
//! answered as absent. A record is shown whole or not at all (design section 8, "Reading").

use super::viewer::{Principal, Viewer};
use crate::base::Code;
use crate::domain::Type;
use crate::domain::role::Role;
use std::sync::Arc;

/// What decides who reads a record, taken from the record and those before it.
#[derive(Clone, Debug)]
pub struct Facts {
    /// The event's type.
    pub kind: Type,
    /// The jurisdictions inside whose scope it lies: the event's own and those of every place that
    /// it moves, each with all above it.
    pub within: Vec<Code>,
    /// The organization and role of the principal that posted it.
    pub posted: Option<(Arc<str>, Role)>,
    /// The lots that it moves.
    pub moved: Vec<Arc<Lot>>,
    /// The lots that it names without moving them: of a receipt, an amended wish, feedback.
    pub named: Arc<[Arc<Lot>]>,
    /// Is it feedback on several lots, or about such feedback?
    pub several: bool,
    /// The finding that it is about.
    pub finding: Option<Finding>,
    /// Could the facts not be told? Then it is hidden from all who do not read every record.
    pub untold: bool,
}

/// What a lot's record tells of whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    /// The lot's id.
    pub name: Arc<str>,
    /// Who gave it: the donor's reference, or the helper of its pairing.
    pub giver: Option<Arc<str>>,
    /// Who holds it, where it is social.
    pub custodian: Option<Arc<str>>,
    /// Where it was received.
    pub received_at: Code,
    /// Is it a gift?
    pub gift: bool,
}

/// What records tell of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The organization that it is about; without one, any of the jurisdiction answers.
    pub about: Option<Arc<str>>,
    /// The jurisdiction of its event.
    pub at: Code,
    /// The organization that raised it.
    pub raised_by: Arc<str>,
    /// Is it open still? A case that was transferred elsewhere counts as open for ever: it is
    /// pursued, and that it is must not show.
    pub open: bool,
}

/// How much of a record is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sight {
    /// Nothing: it is answered as absent.
    Hidden,
    /// The record itself is absent; its date and the figures of the viewer's own gift may stand in
    /// that gift's statement.
    Figures,
    /// The record, whole.
    Whole,
}

/// May the viewer read the record?
pub fn visible(viewer: &Viewer, facts: &Facts) -> bool {
    sight(viewer, facts) == Sight::Whole
}

/// How much of the record the viewer is shown.
pub fn sight(viewer: &Viewer, facts: &Facts) -> Sight {
    if viewer.reads_all() || is_published(facts.kind) {
        return Sight::Whole;
    }
    if facts.untold {
        return Sight::Hidden;
    }
    match viewer {
        Viewer::Public => Sight::Hidden,
        Viewer::Gift(lot) => of_own_gift(facts, |one| one.name == *lot),
        Viewer::Principal(one) => of_principal(one, facts),
    }
}

/// Is every record of the type for everybody? What was put up in public is.
fn is_published(kind: Type) -> bool {
    kind == Type::DisclosurePublished
}

fn of_principal(one: &Principal, facts: &Facts) -> Sight {
    let whole_if = |may: bool| if may { Sight::Whole } else { Sight::Hidden };
    if facts.kind == Type::CaseTransferred && !one.role.supervises() {
        return Sight::Hidden;
    }
    let own = is_own_post(one, facts);
    let concerned = facts.finding.as_ref().is_some_and(|finding| is_concerned(one, finding));
    if facts.finding.as_ref().is_some_and(|finding| finding.open) {
        return whole_if(concerned || own);
    }
    match one.role {
        Role::Operator | Role::Auditor | Role::Inspector | Role::Mirror => Sight::Whole,
        Role::Bureau => whole_if(facts.within.contains(&one.scope) || own || concerned),
        Role::Custodian => whole_if(holds_all(one, facts) || own || concerned),
        Role::PovertyOffice | Role::LineDepartment | Role::Unit => whole_if(own || concerned),
        Role::Donor | Role::HelperUnit if own => Sight::Whole,
        Role::Donor | Role::HelperUnit => {
            of_own_gift(facts, |lot| lot.giver.as_deref() == Some(&*one.org))
        }
        Role::Observer => Sight::Hidden,
    }
}

/// Did the viewer's organization post it? It knows what it stated itself, and holds receipts to
/// compare. A giver's reference may be spelled like an organization's name, so the role counts too.
fn is_own_post(one: &Principal, facts: &Facts) -> bool {
    let gives = |role: Role| matches!(role, Role::Donor | Role::HelperUnit);
    facts
        .posted
        .as_ref()
        .is_some_and(|(org, role)| **org == *one.org && gives(*role) == gives(one.role))
}

/// Is it a body that answers for the finding, or the one that raised it?
fn is_concerned(one: &Principal, finding: &Finding) -> bool {
    let answers = match one.role {
        Role::Bureau
        | Role::Custodian
        | Role::PovertyOffice
        | Role::LineDepartment
        | Role::Unit => true,
        Role::Operator
        | Role::Auditor
        | Role::Inspector
        | Role::Donor
        | Role::HelperUnit
        | Role::Mirror
        | Role::Observer => false,
    };
    let about = match &finding.about {
        Some(org) => **org == *one.org,
        None => one.seat == Some(finding.at),
    };
    answers && (about || *finding.raised_by == *one.org)
}

/// Does the custodian hold every lot that the record moves or names, and are there any?
fn holds_all(one: &Principal, facts: &Facts) -> bool {
    let mut lots = facts.moved.iter().chain(facts.named.iter()).peekable();
    lots.peek().is_some() && lots.all(|lot| lot.custodian.as_deref() == Some(&*one.org))
}

/// A record that moves or names the own gift is shown whole, unless it also tells of somebody
/// else's gift: then the own figures alone.
fn of_own_gift(facts: &Facts, own: impl Fn(&Lot) -> bool) -> Sight {
    let mut lots = facts.moved.iter().chain(facts.named.iter());
    if !lots.clone().any(|lot| own(lot)) {
        return Sight::Hidden;
    }
    match facts.several || lots.any(|lot| lot.gift && !own(lot)) {
        true => Sight::Figures,
        false => Sight::Whole,
    }
}

#[cfg(test)]
pub(super) mod tests;
