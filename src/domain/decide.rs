//! The order of checks on one page (design section 5): identity and right, envelope, the event's
//! own rule, exceptions, and what follows from the movements.
//!
//! Pure: reads State and Facts, changes nothing. The same event before the same state always gets
//! the same answer.

use super::case::Case;
use super::event::{Data, Event, Type};
use super::fund::Class;
use super::movement::{Movement, Movements, Written};
use super::refusal::{Check, Code as Refused, Refusal};
use super::role::{Role, Standing};
use super::state::{Books, Principal, State};
use crate::base::{Digest, Stamp};
use std::fmt;

/// What a rule may know besides the state.
#[derive(Clone, Copy)]
pub struct Facts<'f> {
    /// The sequence that the record will have.
    pub seq: u64,
    /// The time that the record will carry.
    pub recorded_at: Stamp,
    /// The principal that posts.
    pub posted_by: &'f str,
    /// The public keys whose signatures over the event are right.
    pub signed_by: &'f [Digest],
    /// Is there a signature that is wrong?
    pub badly_signed: bool,
    /// Does the program itself write it (`init`, a restore), or is it being verified? Then it needs
    /// no grant where none can exist.
    pub by_program: bool,
    /// The poster's body, canonical: two bodies of one id are compared by their bytes.
    pub body: &'f [u8],
    /// How many bytes the movements may take, so that the record keeps its bound.
    pub movement_bytes_max: usize,
    /// The one permitted look-up: earlier records.
    pub past: &'f dyn Past,
}

/// Earlier records, by number.
pub trait Past {
    /// Shows the event recorded under a sequence that the state knows.
    fn look(&self, seq: u64, show: &mut dyn FnMut(&PastEvent<'_>));

    /// The tree's root when it had this many records; none if it never had.
    fn root(&self, size: u64) -> Option<Digest>;
}

/// An event as it was recorded.
pub struct PastEvent<'p> {
    /// The event.
    pub event: &'p Event<'p>,
    /// Its canonical bytes.
    pub body: &'p [u8],
    /// Its movements, as the record writes them.
    pub movements: &'p [Written<'p>],
    /// The principal that posted it.
    pub posted_by: &'p str,
    /// When it was recorded.
    pub recorded_at: Stamp,
}

impl Facts<'_> {
    /// What `show` makes of the event recorded under a sequence that the state knows.
    pub fn look<T>(&self, seq: u64, show: impl FnOnce(&PastEvent<'_>) -> T) -> T {
        let (mut show, mut shown) = (Some(show), None);
        self.past.look(seq, &mut |past| {
            if let Some(show) = show.take() {
                shown = Some(show(past));
            }
        });
        shown.expect("every record that the state knows can be looked up")
    }
}

impl fmt::Debug for Facts<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "record {} by {} at {}", self.seq, self.posted_by, self.recorded_at)
    }
}

/// What the rules make of an event.
#[derive(Debug)]
pub enum Verdict {
    /// Record it, with these movements.
    Record(Vec<Movement>),
    /// The same body is recorded under this sequence.
    Duplicate(u64),
}

/// Decides an event before a state: to be recorded with which movements, a duplicate, or refused.
pub fn decide(state: &State, event: &Event<'_>, facts: &Facts<'_>) -> Result<Verdict, Refusal> {
    let case = Case::new(state, event, facts);
    authorised(&case)?;
    if let Some(first) = identity(&case)? {
        return Ok(Verdict::Duplicate(first));
    }
    super::signing::signed(&case)?;
    timely(&case)?;
    envelope(&case)?;
    let movements = event.data.decide(&case)?;
    case.all_exceptions_needed()?;
    outcome(&case, movements).map(Verdict::Record)
}

/// Role, organization and jurisdiction against the grant.
fn authorised(case: &Case<'_>) -> Check {
    let kind = case.event.data.kind();
    let allowed = match (case.grant(), kind) {
        // The opening is the first record, and a continuation is written by a restore alone.
        (_, Type::LedgerOpened) => case.facts.by_program && case.facts.seq == 0,
        (_, Type::LedgerContinued) => case.facts.by_program && case.facts.seq > 0,
        // Before the first grant `init` registers jurisdictions, its platform and its operator.
        (None, _) => {
            case.facts.by_program
                && case.state.principals.is_empty()
                && case.event.data.allows(Role::Operator, Standing::Same)
        }
        (Some(grant), _) => {
            grant.is_live_on(case.today())
                && *grant.org == *case.event.by.org.as_str()
                && case.event.data.allows(grant.role, standing(case, grant.scope))
                && may_grant(case, grant)
        }
    };
    case.require_of(
        Refused::NotAuthorised,
        allowed,
        format_args!("posted as {}", case.facts.posted_by),
    )
}

/// A grant reaches no further than the granter's own, and lets the operator's body have no part in
/// money: it never posts any.
fn may_grant(case: &Case<'_>, granter: &Principal) -> bool {
    let Data::PrincipalRegistered(grant) = &case.event.data else { return true };
    let unknown = case.state.jurisdiction(grant.scope).is_none();
    let reaches = unknown || case.state.is_at_or_below(grant.scope, granter.scope);
    let own = *granter.org == *grant.org.as_str();
    reaches && (!own || grant.role.moves_nothing())
}

fn standing(case: &Case<'_>, scope: crate::base::Code) -> Standing {
    let here = case.here();
    match here == scope {
        true if case.state.jurisdiction(scope).is_some_and(|row| row.parent.is_none()) => {
            Standing::SameProvince
        }
        true => Standing::Same,
        false if case.state.is_below(here, scope) => Standing::Below,
        false => Standing::Elsewhere,
    }
}

/// Is the id new? Otherwise the first record with the same body, or a conflict.
fn identity(case: &Case<'_>) -> Result<Option<u64>, Refusal> {
    let Some(first) = case.state.ids.seq(case.event.id) else { return Ok(None) };
    let same = case.facts.look(first, |past| past.body == case.facts.body);
    case.require_of(Refused::IdConflict, same, case.event.id)?;
    Ok(Some(first))
}

/// The head that the poster saw is this ledger's, and the event is not too late.
fn timely(case: &Case<'_>) -> Check {
    if let Some(seen) = case.event.seen {
        let ours =
            seen.size <= case.state.size() && case.facts.past.root(seen.size) == Some(seen.root);
        case.require_of(Refused::HeadUnknown, ours, format_args!("size {}", seen.size))?;
    }
    let late = case.event.not_after.is_some_and(|last| last.stamp() < case.facts.recorded_at);
    case.require(Refused::Expired, !late)
}

/// Jurisdictions, four eyes, documents, date.
fn envelope(case: &Case<'_>) -> Check {
    let event = case.event;
    // The first record of a ledger comes before the first jurisdiction.
    let opening = matches!(event.data.kind(), Type::LedgerOpened | Type::JurisdictionRegistered);
    if !opening {
        known_jurisdiction(case, event.jurisdiction)?;
    }
    let mut unknown = Ok(());
    event.data.jurisdictions(&mut |code| {
        if unknown.is_ok() {
            unknown = known_jurisdiction(case, code);
        }
    });
    event.data.villages(&mut |village| {
        if unknown.is_ok() {
            let county = case.state.jurisdiction_code(village.county());
            unknown = case.require_of(Refused::UnknownJurisdiction, county.is_some(), village);
        }
    });
    unknown?;
    let by = event.by;
    let two = !case.role().needs_four_eyes() || by.maker != by.checker;
    let three = by.approver.is_none_or(|one| one != by.maker && one != by.checker);
    case.require(Refused::SameMakerAndChecker, two && three)?;
    let documented = !event.data.kind().spec().document || !event.docs.as_slice().is_empty();
    case.require(Refused::DocumentMissing, documented)?;
    case.require_of(Refused::DateInFuture, case.date() <= case.today(), case.date())
}

fn known_jurisdiction(case: &Case<'_>, code: crate::base::Code) -> Check {
    case.require_of(Refused::UnknownJurisdiction, case.state.jurisdiction(code).is_some(), code)
}

/// What follows from the movements: dates, closed months, and the shortage that was remembered.
fn outcome(case: &Case<'_>, movements: Movements) -> Result<Vec<Movement>, Refusal> {
    for movement in movements.list() {
        if movement.from != super::place::Place::Outside {
            let since = case.state.lot(movement.lot).received_on;
            case.require_of(
                Refused::DateBeforeOrigin,
                since <= case.date(),
                format_args!("lot {} came on {since}", case.state.lot_name(movement.lot)),
            )?;
        }
    }
    open_months(case, movements.list())?;
    let kind = case.event.data.kind();
    let movements = movements.settle()?;
    for movement in &movements {
        assert!(
            kind.spec()
                .flows
                .iter()
                .any(|flow| flow.0 == movement.from.kind() && flow.1 == movement.to.kind())
                || kind == Type::EntryReversed,
            "{} declares every flow of its movements",
            kind.spec().name
        );
    }
    fits_a_record(case, &movements)?;
    Ok(movements)
}

/// The movements leave the record within its bound; a few always do.
fn fits_a_record(case: &Case<'_>, movements: &[Movement]) -> Check {
    const ALWAYS_FIT: usize = 20;
    const AROUND_NAMES: usize = 64;
    if movements.len() <= ALWAYS_FIT {
        return Ok(());
    }
    let path = |place: super::place::Place| place.path(case.state).len();
    let bytes: usize = movements
        .iter()
        .map(|one| {
            path(one.from) + path(one.to) + case.state.lot_name(one.lot).len() + AROUND_NAMES
        })
        .sum();
    case.require(Refused::RecordTooLarge, bytes <= case.facts.movement_bytes_max)
}

/// The month is open in every book that the movements touch; without movements, in the event's own.
fn open_months(case: &Case<'_>, movements: &[Movement]) -> Check {
    let state = case.state;
    let month = case.date().month();
    let open = |books: Books| {
        case.require_of(Refused::PeriodClosed, !state.is_closed(books, month), month)
    };
    if movements.is_empty() {
        return match (case.is_custodian(), case.organization_here()) {
            (true, Some(custodian)) => open(Books::Custodian(custodian)),
            (true, None) | (false, _) => open(Books::Jurisdiction(case.here())),
        };
    }
    for movement in movements {
        match state.lots.len() > movement.lot.index() {
            // A lot that this event brings in is the poster's own.
            false => match (case.is_custodian(), case.organization_here()) {
                (true, Some(custodian)) => open(Books::Custodian(custodian))?,
                (true, None) | (false, _) => open(Books::Jurisdiction(case.here()))?,
            },
            true => {
                let lot = state.lot(movement.lot);
                match (lot.class, lot.custodian) {
                    (Class::Social, Some(custodian)) => open(Books::Custodian(custodian))?,
                    (Class::Social, None) | (Class::Fiscal, _) => {
                        for place in [movement.from, movement.to] {
                            if let Some(code) = place.jurisdiction(state) {
                                open(Books::Jurisdiction(code))?;
                            }
                        }
                    }
                }
            }
        }
    }
    Ok(())
}
