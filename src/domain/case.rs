//! What a rule sees, and the checks it makes: one case is one event before one state.
//!
//! Every check names its code, and a case asserts that no check goes back in the order of codes; so
//! the same wrong event always gets the same answer (design section 5, order of checks).

use super::decide::{Facts, PastEvent};
use super::event::{Event, Type};
use super::fund::Class;
use super::movement::Movements;
use super::parts::{Exception, From, List, Lots};
use super::place::Source;
use super::policy::PolicyKey;
use super::refusal::{Check, Code as Refused, Refusal};
use super::role::Role;
use super::state::{
    Finding, Lot, LotId, OrganizationId, PairingId, PlanId, Principal, Project, ProjectId, State,
};
use crate::base::{Amount, Code, Date, Digest, EventId, Fen, Name};
use std::cell::{Cell, RefCell};
use std::fmt;

/// One event before one state.
pub struct Case<'c> {
    /// The state as all records before left it.
    pub state: &'c State,
    /// The event.
    pub event: &'c Event<'c>,
    /// Time, poster, keys, and the look-up of earlier records.
    pub facts: &'c Facts<'c>,
    grant: Option<&'c Principal>,
    last: Cell<Refused>,
    excused: RefCell<Vec<(Refused, bool)>>,
}

/// A lot of the event, as the state knows it.
#[derive(Clone, Copy, Debug)]
pub struct LotOf<'c> {
    /// Its index.
    pub id: LotId,
    /// Its row.
    pub row: &'c Lot,
    /// How much of it the event names.
    pub amount: Amount,
}

/// A project that the event names, as the state knows it.
#[derive(Clone, Copy, Debug)]
pub struct ProjectOf<'c> {
    /// Its index.
    pub id: ProjectId,
    /// Its row.
    pub row: &'c Project,
}

impl<'c> Case<'c> {
    /// The case of an event before a state.
    pub fn new(state: &'c State, event: &'c Event<'c>, facts: &'c Facts<'c>) -> Case<'c> {
        Case {
            state,
            event,
            facts,
            grant: state.principals.get(facts.posted_by),
            last: Cell::new(Refused::Malformed),
            excused: RefCell::default(),
        }
    }

    /// The event's jurisdiction.
    pub fn here(&self) -> Code {
        self.event.jurisdiction
    }

    /// The event's business date.
    pub fn date(&self) -> Date {
        self.event.business_date
    }

    /// The day on which the event is recorded, in Hebei.
    pub fn today(&self) -> Date {
        self.facts.recorded_at.hebei_date()
    }

    /// The poster's grant, if it has one.
    pub fn grant(&self) -> Option<&'c Principal> {
        self.grant
    }

    /// The poster's role; only `init` posts without a grant, and counts as the operator.
    pub fn role(&self) -> Role {
        self.grant.map_or(Role::Operator, |grant| grant.role)
    }

    /// The poster's organization, if it is a registered one.
    pub fn organization_here(&self) -> Option<OrganizationId> {
        self.state.organization_id(self.event.by.org.as_str())
    }

    // --- checks -------------------------------------------------------------------------------

    /// Notes that a check of this code is made; asserts that the order of codes is kept.
    fn at(&self, code: Refused) {
        assert!(code >= self.last.get(), "{code} is checked after {}", self.last.get());
        self.last.set(code);
    }

    /// Refuses with this code unless it holds.
    pub fn require(&self, code: Refused, holds: bool) -> Check {
        self.at(code);
        if holds { Ok(()) } else { Err(Refusal::new(code)) }
    }

    /// Refuses with this code unless it holds, and says what it is about.
    pub fn require_of(&self, code: Refused, holds: bool, about: impl fmt::Display) -> Check {
        self.at(code);
        if holds { Ok(()) } else { Err(Refusal::new(code).about(about)) }
    }

    /// Refuses with this code, and both figures, when more is asked than is left.
    pub fn require_within(
        &self,
        code: Refused,
        asked: Fen,
        left: Fen,
        about: impl fmt::Display,
    ) -> Check {
        self.at(code);
        match asked <= left {
            true => Ok(()),
            false => Err(Refusal::new(code).about(about).figures(asked, left)),
        }
    }

    /// A refusal with this code, for what is known to be wrong.
    pub fn refuse(&self, code: Refused) -> Refusal {
        self.at(code);
        Refusal::new(code)
    }

    /// Takes in the exceptions that the event asks for; their shape was checked with the body's.
    pub fn ask(&self, exceptions: &List<Exception<'_>>) {
        self.excused.replace(exceptions.iter().map(|one| (one.code, false)).collect());
    }

    /// Was this exception asked for? If so the broken rule is recorded as one.
    fn excused(&self, code: Refused) -> bool {
        assert!(code.yields(), "{code} never yields to an exception");
        let mut excused = self.excused.borrow_mut();
        let asked = excused.iter_mut().find(|(asked, _)| *asked == code);
        asked.map(|(_, needed)| *needed = true).is_some()
    }

    /// Refuses with this code unless it holds or an exception was asked for.
    pub fn excusable(&self, code: Refused, holds: bool, about: impl fmt::Display) -> Check {
        self.at(code);
        if holds || self.excused(code) { Ok(()) } else { Err(Refusal::new(code).about(about)) }
    }

    /// Refuses when more is asked than is left, unless an exception was asked for.
    pub fn excusable_within(
        &self,
        code: Refused,
        asked: Fen,
        left: Fen,
        about: impl fmt::Display,
    ) -> Check {
        self.at(code);
        match asked <= left || self.excused(code) {
            true => Ok(()),
            false => Err(Refusal::new(code).about(about).figures(asked, left)),
        }
    }

    /// Refuses an exception that the event does not need. Runs after all rules that yield and
    /// before figures are compared; running it again changes nothing.
    pub fn all_exceptions_needed(&self) -> Check {
        if self.last.get() >= Refused::ExceptionNotNeeded {
            return Ok(());
        }
        self.at(Refused::ExceptionNotNeeded);
        match self.excused.borrow().iter().find(|(_, needed)| !needed) {
            None => Ok(()),
            Some((code, _)) => Err(Refusal::new(Refused::ExceptionNotNeeded).about(code)),
        }
    }

    /// Refuses unless two figures agree; exceptions are looked at first.
    pub fn require_equal(&self, stated: Fen, standing: Fen, about: impl fmt::Display) -> Check {
        self.all_exceptions_needed()?;
        self.at(Refused::FiguresDiffer);
        match stated == standing {
            true => Ok(()),
            false => {
                Err(Refusal::new(Refused::FiguresDiffer).about(about).figures(stated, standing))
            }
        }
    }

    // --- what the ledger knows ----------------------------------------------------------------

    /// What a look-up found, or the refusal that nothing of this name is known.
    fn known<T>(
        &self,
        code: Refused,
        found: Option<T>,
        name: impl fmt::Display,
    ) -> Result<T, Refusal> {
        self.at(code);
        found.ok_or_else(|| Refusal::new(code).about(name))
    }

    /// Refuses an id that the event introduces when it is known already.
    pub fn new_name(&self, is_known: bool, name: impl fmt::Display) -> Check {
        self.require_of(Refused::AlreadyKnown, !is_known, name)
    }

    /// Refuses a public key that the ledger knows already, whoever has it.
    pub fn new_key(&self, key: Digest, field: &'static str) -> Check {
        self.new_name(self.state.keys.get(&key).is_some(), field)
    }

    /// A lot.
    pub fn lot(&self, name: Name<'_>) -> Result<(LotId, &'c Lot), Refusal> {
        let id = self.known(Refused::UnknownLot, self.state.lot_id(name.as_str()), name)?;
        Ok((id, self.state.lot(id)))
    }

    /// The lots of a body, in its order.
    pub fn lots(&self, lots: &Lots<'_>) -> Result<Vec<LotOf<'c>>, Refusal> {
        lots.iter()
            .map(|one| self.lot(one.lot).map(|(id, row)| LotOf { id, row, amount: one.amount_fen }))
            .collect()
    }

    /// A project.
    pub fn project(&self, name: Name<'_>) -> Result<ProjectOf<'c>, Refusal> {
        let id = self.known(Refused::UnknownProject, self.state.project_id(name.as_str()), name)?;
        Ok(ProjectOf { id, row: self.state.project(id) })
    }

    /// A consolidation plan.
    pub fn plan(&self, name: Name<'_>) -> Result<PlanId, Refusal> {
        self.known(Refused::UnknownPlan, self.state.plan_id(name.as_str()), name)
    }

    /// The plan of consolidated money; none for available money.
    pub fn plan_of(&self, from: From, plan: Option<Name<'_>>) -> Result<Option<PlanId>, Refusal> {
        match (from, plan) {
            (From::Consolidated, Some(plan)) => self.plan(plan).map(Some),
            (From::Available, _) | (From::Consolidated, None) => Ok(None),
        }
    }

    /// A registered organization.
    pub fn organization(&self, name: Name<'_>) -> Result<OrganizationId, Refusal> {
        self.known(Refused::UnknownOrganization, self.state.organization_id(name.as_str()), name)
    }

    /// A payee, debtor or unit: a registered organization, or a person's reference (`p-…`).
    pub fn party(&self, name: Name<'_>) -> Check {
        match name.is_person() {
            true => Ok(()),
            false => self.organization(name).map(drop),
        }
    }

    /// A registered custodian.
    pub fn custodian(&self, name: Name<'_>) -> Result<OrganizationId, Refusal> {
        let is_custodian = |id: &OrganizationId| {
            self.state.organization(*id).kind == super::state::OrganizationKind::Custodian
        };
        let found = self.state.organization_id(name.as_str()).filter(is_custodian);
        self.known(Refused::UnknownCustodian, found, name)
    }

    /// A registered principal.
    pub fn principal(&self, name: Name<'_>) -> Result<&'c Principal, Refusal> {
        self.known(Refused::UnknownPrincipal, self.state.principals.get(name.as_str()), name)
    }

    /// Is a registered witness still one?
    pub fn witness(&self, name: &str) -> Result<bool, Refusal> {
        self.known(Refused::UnknownPrincipal, self.state.witnesses.get(name).copied(), name)
    }

    /// A declared pairing.
    pub fn pairing(&self, name: Name<'_>) -> Result<PairingId, Refusal> {
        self.known(Refused::UnknownPairing, self.state.pairing_id(name.as_str()), name)
    }

    /// A finding that was raised.
    pub fn finding(&self, name: Name<'_>) -> Result<&'c Finding, Refusal> {
        self.known(Refused::UnknownFinding, self.state.findings.get(name.as_str()), name)
    }

    /// The sequence of an event that is recorded, of whatever type.
    pub fn event_seq(&self, id: EventId) -> Result<u64, Refusal> {
        self.known(Refused::UnknownEvent, self.state.ids.seq(id), id)
    }

    /// An earlier event, if it is of one of these types; reads it by `look`.
    pub fn past<T>(
        &self,
        id: EventId,
        types: &[Type],
        look: impl FnOnce(u64, &PastEvent<'_>) -> T,
    ) -> Result<T, Refusal> {
        let seq = self.event_seq(id)?;
        let found = self
            .facts
            .look(seq, |past| types.contains(&past.event.data.kind()).then(|| look(seq, past)));
        self.known(Refused::UnknownEvent, found, id)
    }

    /// A threshold by its key.
    pub fn policy_key(&self, name: Name<'_>) -> Result<PolicyKey, Refusal> {
        self.known(Refused::UnknownPolicy, PolicyKey::parse(name.as_str()), name)
    }

    // --- where money and events stand -----------------------------------------------------------

    /// Is the poster a custodian, who holds social money?
    pub fn is_custodian(&self) -> bool {
        self.role() == Role::Custodian
    }

    /// A gift that ever had a look-up code is moved alone (`gift_not_alone`).
    pub fn alone(&self, lots: &[LotOf<'_>]) -> Check {
        let shared = lots.len() > 1 && lots.iter().any(|lot| lot.row.had_code);
        self.require(Refused::GiftNotAlone, !shared)
    }

    /// The poster holds the lots: social money is its custodian's, fiscal money a bureau's.
    pub fn holds(&self, lots: &[LotOf<'_>]) -> Check {
        lots.iter().try_for_each(|lot| self.holds_lot(lot.id, lot.row))
    }

    /// The poster holds the lot (`not_holder`).
    pub fn holds_lot(&self, id: LotId, lot: &Lot) -> Check {
        let holds = match lot.class {
            Class::Social => self.is_custodian() && lot.custodian == self.organization_here(),
            Class::Fiscal => !self.is_custodian(),
        };
        self.require_of(Refused::NotHolder, holds, format_args!("lot {}", self.state.lot_name(id)))
    }

    /// The event stands where its project is: a bureau's in the project's jurisdiction, a
    /// custodian's in its scope with the project there or below (`not_holder`).
    pub fn stands_at(&self, project: ProjectOf<'_>) -> Check {
        let there = project.row.jurisdiction;
        let stands = match self.is_custodian() {
            true => self.state.is_at_or_below(there, self.here()),
            false => there == self.here(),
        };
        let name = self.state.project_name(project.id);
        self.require_of(Refused::NotHolder, stands, format_args!("project {name} lies in {there}"))
    }

    /// The sources from which a lot's money in a project may be drawn, in draw order; at least one.
    pub fn sources(&self, project: ProjectOf<'_>) -> Vec<Source> {
        match self.state.sources(project.id) {
            [] => vec![Source::available(project.row.jurisdiction)],
            sources => sources.to_vec(),
        }
    }

    /// The event does not lie before the one that it builds on (`date_before_origin`).
    pub fn not_before(&self, origin: Date, about: impl fmt::Display) -> Check {
        self.all_exceptions_needed()?;
        self.require_of(Refused::DateBeforeOrigin, origin <= self.date(), about)
    }

    /// Builds the event's movements.
    pub fn moving(&self) -> Movements {
        Movements::none()
    }
}
