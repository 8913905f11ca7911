//! Where fen of a lot can be, and the path by which a record writes it (design section 3).
//!
//! Places carry no year: the lot does. What lies in a project remembers the source it was committed
//! from, so that a release finds its way back.

use super::state::{PartyId, PlanId, ProjectId, State};
use crate::base::{Code, words::vocabulary};
use serde::{Deserialize, Serialize};

/// Where the money inside a project was committed from: a jurisdiction's available money, or a
/// plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Source {
    /// The jurisdiction whose money it was.
    pub jurisdiction: Code,
    /// The consolidation plan, where it was consolidated.
    pub plan: Option<PlanId>,
}

/// A place of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Place {
    /// Outside the ledger; counted negative.
    Outside,
    /// Not yet arranged, at a jurisdiction.
    Available(Code),
    /// Consolidated under a plan, not yet arranged.
    Consolidated(Code, PlanId),
    /// Arranged for a project.
    Committed(ProjectId, Source),
    /// Paid in advance to a unit, not yet accounted for.
    Advanced(PartyId, ProjectId, Source),
    /// Spent in a project.
    Spent(ProjectId, Source),
    /// Left over, at a jurisdiction.
    Surplus(Code),
    /// To be paid back by a debtor.
    Reclaim(PartyId, ProjectId, Source),
}

vocabulary! {
    /// The kind of a place.
    pub enum PlaceKind {
        Outside "outside" "账外" "Outside",
        Available "available" "待安排" "Available",
        Consolidated "consolidated" "已整合待安排" "Consolidated",
        Committed "committed" "已安排到项目" "Committed",
        Advanced "advanced" "已预拨待报账" "Advanced",
        Spent "spent" "已支出" "Spent",
        Surplus "surplus" "结余" "Surplus",
        Reclaim "reclaim" "应追回" "To reclaim",
    }
}

impl Place {
    /// The kind of the place.
    pub fn kind(self) -> PlaceKind {
        match self {
            Place::Outside => PlaceKind::Outside,
            Place::Available(_) => PlaceKind::Available,
            Place::Consolidated(..) => PlaceKind::Consolidated,
            Place::Committed(..) => PlaceKind::Committed,
            Place::Advanced(..) => PlaceKind::Advanced,
            Place::Spent(..) => PlaceKind::Spent,
            Place::Surplus(_) => PlaceKind::Surplus,
            Place::Reclaim(..) => PlaceKind::Reclaim,
        }
    }

    /// The project that the place lies in.
    pub fn project(self) -> Option<ProjectId> {
        match self {
            Place::Committed(project, _) | Place::Spent(project, _) => Some(project),
            Place::Advanced(_, project, _) | Place::Reclaim(_, project, _) => Some(project),
            Place::Outside | Place::Available(_) | Place::Consolidated(..) | Place::Surplus(_) => {
                None
            }
        }
    }

    /// The jurisdiction that the place belongs to; what lies in a project belongs to the project's.
    pub fn jurisdiction(self, state: &State) -> Option<Code> {
        match self {
            Place::Outside => None,
            Place::Available(code) | Place::Consolidated(code, _) | Place::Surplus(code) => {
                Some(code)
            }
            Place::Committed(..) | Place::Advanced(..) | Place::Spent(..) | Place::Reclaim(..) => {
                self.project().map(|project| state.project(project).jurisdiction)
            }
        }
    }

    /// Appends the place's path, such as `committed/P1/130723/KB-2017`.
    pub fn write(self, state: &State, out: &mut Vec<u8>) {
        out.extend_from_slice(self.kind().code().as_bytes());
        match self {
            Place::Outside => {}
            Place::Available(code) | Place::Surplus(code) => step(code_text(code).as_slice(), out),
            Place::Consolidated(code, plan) => {
                step(code_text(code).as_slice(), out);
                step(state.plan_name(plan).as_bytes(), out);
            }
            Place::Committed(project, source) | Place::Spent(project, source) => {
                step(state.project_name(project).as_bytes(), out);
                source.write(state, out);
            }
            Place::Advanced(party, project, source) | Place::Reclaim(party, project, source) => {
                step(state.party_name(party).as_bytes(), out);
                step(state.project_name(project).as_bytes(), out);
                source.write(state, out);
            }
        }
    }

    /// The place's path as text.
    pub fn path(self, state: &State) -> String {
        // As long as most paths are: a vector that grows costs more than the writing.
        let mut path = Vec::with_capacity(64);
        self.write(state, &mut path);
        String::from_utf8(path).expect("a path is made of ASCII names")
    }

    /// The place that a path names, if the state knows every name in it.
    pub fn parse(path: &str, state: &State) -> Option<Place> {
        let mut steps = path.split('/');
        let kind = PlaceKind::parse(steps.next()?)?;
        let place = match kind {
            PlaceKind::Outside => Place::Outside,
            PlaceKind::Available => Place::Available(Code::parse(steps.next()?)?),
            PlaceKind::Surplus => Place::Surplus(Code::parse(steps.next()?)?),
            PlaceKind::Consolidated => {
                Place::Consolidated(Code::parse(steps.next()?)?, state.plan_id(steps.next()?)?)
            }
            PlaceKind::Committed | PlaceKind::Spent => {
                let project = state.project_id(steps.next()?)?;
                let source = Source::parse(&mut steps, state)?;
                match kind {
                    PlaceKind::Committed => Place::Committed(project, source),
                    _ => Place::Spent(project, source),
                }
            }
            PlaceKind::Advanced | PlaceKind::Reclaim => {
                let party = state.party_id(steps.next()?)?;
                let project = state.project_id(steps.next()?)?;
                let source = Source::parse(&mut steps, state)?;
                match kind {
                    PlaceKind::Advanced => Place::Advanced(party, project, source),
                    _ => Place::Reclaim(party, project, source),
                }
            }
        };
        steps.next().is_none().then_some(place)
    }
}

impl Source {
    /// Money that a jurisdiction had available.
    pub fn available(jurisdiction: Code) -> Source {
        Source { jurisdiction, plan: None }
    }

    /// The place that money of this source was committed from, and is released to.
    pub fn place(self) -> Place {
        match self.plan {
            None => Place::Available(self.jurisdiction),
            Some(plan) => Place::Consolidated(self.jurisdiction, plan),
        }
    }

    /// The end of a place's path: `J`, or `J/PLAN`.
    pub fn path(self, state: &State) -> String {
        match self.plan {
            None => self.jurisdiction.to_string(),
            Some(plan) => format!("{}/{}", self.jurisdiction, state.plan_name(plan)),
        }
    }

    fn write(self, state: &State, out: &mut Vec<u8>) {
        step(code_text(self.jurisdiction).as_slice(), out);
        if let Some(plan) = self.plan {
            step(state.plan_name(plan).as_bytes(), out);
        }
    }

    fn parse<'a>(steps: &mut impl Iterator<Item = &'a str>, state: &State) -> Option<Source> {
        let jurisdiction = Code::parse(steps.next()?)?;
        let plan = match steps.next() {
            None => None,
            Some(plan) => Some(state.plan_id(plan)?),
        };
        Some(Source { jurisdiction, plan })
    }
}

fn step(name: &[u8], out: &mut Vec<u8>) {
    out.push(b'/');
    out.extend_from_slice(name);
}

fn code_text(code: Code) -> [u8; 6] {
    let mut rest = code.0;
    let mut text = [b'0'; 6];
    for digit in text.iter_mut().rev() {
        *digit = b'0' + u8::try_from(rest % 10).expect("a digit is below ten");
        rest /= 10;
    }
    text
}
