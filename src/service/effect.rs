//! What events that are only tried would do to the money of projects and places, class by class,
//! for whoever is about to post them.
//!
//! The movements are the rules' own, from a dry run. Fiscal and social money are never one figure,
//! and of social money no more is told than the reader's pages tell. Nothing here decides.

use super::cells::{Figures, Printing};
use super::projects::{self, Social, sees_lots};
use super::{Problem, Service};
use crate::access::{Register, Viewer};
use crate::base::Code;
use crate::ledger::live::Views;
use crate::ledger::telling::Told;
use crate::projections::balances::{Asked, Row};
use crate::projections::path::Spot;
use crate::projections::works::Stands;
use crate::projections::{Class, Level, PlaceKind};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A movement that would be recorded.
#[derive(Clone, Debug, Deserialize)]
pub struct Moved {
    /// The lot.
    pub lot: String,
    /// The path of the place it leaves.
    pub from: String,
    /// The path of the place it enters.
    pub to: String,
    /// How much, in fen.
    pub amount_fen: i64,
}

/// The movements that a dry run says would be recorded, in order.
///
/// # Errors
/// They are not in the form in which they are written.
pub fn moved<'t>(told: impl IntoIterator<Item = &'t Told>) -> Result<Vec<Moved>, Problem> {
    let mut all = Vec::new();
    for raw in told.into_iter().filter_map(|one| one.movements.as_ref()) {
        let moved: Vec<Moved> = serde_json::from_str(raw.get())
            .map_err(|error| Problem::Failed(format!("movements of a dry run: {error}")))?;
        all.extend(moved);
    }
    Ok(all)
}

/// Money of one class in a project, now and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfProject {
    /// The project.
    pub project: String,
    /// Whose money it is.
    pub class: Class,
    /// Now.
    pub now: Stands,
    /// After.
    pub after: Stands,
}

/// Money of one class at a jurisdiction and below it, now and after.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfPlace {
    /// The jurisdiction.
    pub code: Code,
    /// Whose money it is.
    pub class: Class,
    /// Now. What was passed on is what this jurisdiction itself passed on.
    pub now: Row,
    /// After.
    pub after: Row,
}

/// What movements would do.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// To projects.
    pub projects: Vec<OfProject>,
    /// To jurisdictions, in the order of their codes, fiscal money first.
    pub places: Vec<OfPlace>,
}

/// The lot that a body brings into the ledger as social money, where it does.
pub fn new_social<'b>(body: &'b Value, views: &Views<Register>) -> Option<&'b str> {
    let data = &body["data"];
    let of_lot = data["of_lot"].as_str();
    let is_social = match body["type"].as_str() {
        Some("donation_received") => true,
        Some("funds_received") => {
            data["class"] == Class::Social.code()
                || of_lot.is_some_and(|lot| views.works.is_social(lot))
        }
        _ => false,
    };
    data["lot"].as_str().filter(|_| is_social)
}

/// Sums that would change, on the way to an effect.
#[derive(Default)]
struct Changes<'m> {
    projects: BTreeMap<(&'m str, Class), Stands>,
    places: BTreeMap<(Code, Class, PlaceKind), i128>,
    passed: BTreeMap<(Code, Class), i128>,
}

impl<'m> Changes<'m> {
    fn of(moved: &'m [Moved], views: &Views<Register>, social: &BTreeSet<String>) -> Changes<'m> {
        let mut changes = Changes::default();
        for one in moved {
            let is_social = social.contains(&one.lot) || views.works.is_social(&one.lot);
            let class = if is_social { Class::Social } else { Class::Fiscal };
            let fen = i128::from(one.amount_fen);
            let ends = [(&one.from, -fen), (&one.to, fen)].map(|(path, fen)| {
                let spot = Spot::parse(path)?;
                if let Some(project) = spot.project {
                    changes.projects.entry((project, class)).or_default().add(spot.kind, fen);
                }
                let at = at(&spot, views)?;
                *changes.places.entry((at, class, spot.kind)).or_default() += fen;
                Some(at)
            });
            let [Some(from), Some(to)] = ends else { continue };
            let is_below = |lower, upper| views.beside.is_at_or_below(lower, upper);
            // The columns follow from the places: down is passed on, up is taken back.
            if from != to && is_below(to, from) {
                *changes.passed.entry((from, class)).or_default() += fen;
            } else if from != to && is_below(from, to) {
                *changes.passed.entry((to, class)).or_default() -= fen;
            }
        }
        changes
    }
}

/// Where the money of a place lies: a project's is its jurisdiction's.
fn at(spot: &Spot<'_>, views: &Views<Register>) -> Option<Code> {
    match spot.project {
        Some(project) => views.projects.rows.get(project).map(|row| row.jurisdiction),
        None => spot.code,
    }
}

impl Effect {
    /// What movements would do, behind what the views hold now; `social` names the lots that they
    /// bring in as social money.
    pub fn of(
        service: &Service,
        viewer: &Viewer,
        moved: &[Moved],
        social: &BTreeSet<String>,
    ) -> Effect {
        let views = service.live.views();
        let views = &*views;
        let changes = Changes::of(moved, views, social);
        let mut effect = Effect::default();
        for ((project, class), change) in &changes.projects {
            let Some(now) = stands(viewer, views, project, *class) else { continue };
            let mut after = now;
            for (kind, fen) in [
                (PlaceKind::Committed, change.committed_fen),
                (PlaceKind::Advanced, change.advanced_fen),
                (PlaceKind::Spent, change.spent_fen),
                (PlaceKind::Reclaim, change.reclaim_fen),
            ] {
                after.add(kind, fen);
            }
            let project = (*project).to_owned();
            effect.projects.push(OfProject { project, class: *class, now, after });
        }
        let touched: BTreeSet<(Code, Class)> =
            changes.places.keys().map(|(at, class, _)| (*at, *class)).collect();
        let rows = views.balances.answer(&Asked::default()).rows;
        for (code, class) in touched {
            if class == Class::Fiscal || is_told(service, viewer, views, code) {
                effect.places.push(of_place(code, class, &rows, &changes, views));
            }
        }
        effect
    }
}

/// The money of a class in a project, as its page tells it to the reader; none where it does not.
fn stands(viewer: &Viewer, views: &Views<Register>, project: &str, class: Class) -> Option<Stands> {
    let row = views.projects.rows.get(project)?;
    match class {
        Class::Fiscal => {
            Some(views.works.rows.get(project).map_or_else(Stands::default, |work| work.fiscal))
        }
        Class::Social => match projects::social(viewer, views, project, row.jurisdiction) {
            Social::Open(stands) => Some(stands),
            Social::None if sees_lots(viewer, views, row.jurisdiction) => Some(Stands::default()),
            // What is nothing now would be told by its first gift alone.
            Social::None | Social::Withheld(_) => None,
        },
    }
}

/// Is the social money of a jurisdiction told to the reader, as its page does?
fn is_told(service: &Service, viewer: &Viewer, views: &Views<Register>, code: Code) -> bool {
    if sees_lots(viewer, views, code) {
        return true;
    }
    let asked = Asked { jurisdiction: Some(code), level: Some(Level::County), ..Asked::default() };
    let printing = Printing::new(service, (views, &views.balances), viewer, &asked);
    let mut rows = views.balances.answer(&asked).totals.into_iter();
    let row =
        rows.find(|row| row.class == Class::Social.code() && row.jurisdiction == code.to_string());
    row.is_some_and(|row| matches!(printing.print(row), Figures::Open(_)))
}

/// A jurisdiction and all below it, since its page counts them as one.
fn of_place(
    code: Code,
    class: Class,
    rows: &[Row],
    changes: &Changes<'_>,
    views: &Views<Register>,
) -> OfPlace {
    let within = |at: Code| views.beside.is_at_or_below(at, code);
    let mut now = Row { class: class.code(), ..Row::default() };
    let mut own = now.clone();
    for row in rows.iter().filter(|row| row.class == class.code()) {
        let Some(at) = Code::parse(&row.jurisdiction) else { continue };
        if within(at) {
            now.join(row);
        }
        if at == code {
            own.join(row);
        }
    }
    now.passed_on_bp = own.passed_on_bp;
    let mut after = now.clone();
    for ((at, of, kind), fen) in &changes.places {
        if *of == class && within(*at) {
            after.put(*kind, *fen);
        }
        if *of == class && *at == code {
            own.put(*kind, *fen);
        }
    }
    // A row is rated whenever something is put into it.
    own.allocated_out_fen += changes.passed.get(&(code, class)).copied().unwrap_or_default();
    own.put(PlaceKind::Available, 0);
    after.passed_on_bp = own.passed_on_bp;
    OfPlace { code, class, now, after }
}
