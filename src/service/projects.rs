//! What is told of a project to whom (design section 8; pages design, 5.3).
//!
//! Its fiscal payments are for everybody, so they are told from the records themselves, without
//! what `access` keeps back: a person is never named, and social money is told one by one only to
//! those whom `access` lets see single lots there. To all others its total, where enough gifts hide
//! each other.

use super::{Problem, Served};
use crate::access::cells::{Cell, ENOUGH, Printed, Sum, printed};
use crate::access::{Register, Viewer, What};
use crate::base::Code;
use crate::ledger::live::Views;
use crate::ledger::lookups::Key;
use crate::ledger::reading;
use crate::projections::excerpt::Excerpt;
use crate::projections::projects::Project;
use crate::projections::works::{Stands, Work};
use serde::Serialize;

/// The most records of one project that a page tells of.
pub const RECORDS_MAX: usize = 2_000;

/// Records in short, in this order; those that are not there are left out.
///
/// # Errors
/// They cannot be read.
pub fn excerpts(
    live: &Served,
    seqs: impl IntoIterator<Item = u64>,
) -> Result<Vec<Excerpt>, Problem> {
    let records = live.records();
    let folded = live.folded();
    let mut told = Vec::new();
    for seq in seqs.into_iter().filter(|seq| *seq < folded) {
        let bytes = reading::read_durable(&*records, seq)
            .map_err(|error| Problem::Failed(error.to_string()))?;
        reading::look(seq, &bytes, &|_| true, &mut |one| told.push(Excerpt::of(one)))
            .map_err(Problem::Failed)?;
    }
    Ok(told)
}

/// The records that moved money of a project, in short, by business date; and whether there are
/// more than are told.
///
/// # Errors
/// They cannot be read.
pub fn entries(live: &Served, project: &str) -> Result<(Vec<Excerpt>, bool), Problem> {
    let mut seqs = live.numbers(Key::Project(project), 0, RECORDS_MAX + 1)?;
    let more = seqs.len() > RECORDS_MAX;
    seqs.truncate(RECORDS_MAX);
    let mut entries = excerpts(live, seqs)?;
    entries.sort_by_key(|one| (one.on, one.seq));
    Ok((entries, more))
}

/// Social money of a project, as it is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Social {
    /// There is none.
    None,
    /// All of it.
    Open(Stands),
    /// No amount and no date, and why.
    Withheld(Printed),
}

/// A project with its money as a reader is told of it: the two classes apart.
#[derive(Clone, Debug, Serialize)]
pub struct Shown {
    /// What it is.
    #[serde(flatten)]
    pub project: Project,
    /// Its fiscal money.
    pub fiscal: Stands,
    /// Its social money; none where none ever was in it.
    pub social: Option<SocialShown>,
}

/// Social money of a project in an answer.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub enum SocialShown {
    /// With its amounts.
    Open(Stands),
    /// Without.
    Withheld {
        /// Why: fewer than five gifts, or not listed apart.
        withheld: Printed,
    },
}

/// A project with its money as the reader is told of it.
pub fn shown(viewer: &Viewer, views: &Views<Register>, project: &Project) -> Shown {
    let social = match social(viewer, views, &project.project, project.jurisdiction) {
        Social::None => None,
        Social::Open(stands) => Some(SocialShown::Open(stands)),
        Social::Withheld(withheld) => Some(SocialShown::Withheld { withheld }),
    };
    let work = views.works.rows.get(&project.project);
    let fiscal = work.map_or_else(Stands::default, |work| work.fiscal);
    Shown { project: project.clone(), fiscal, social }
}

/// May the reader see single lots of social money at a jurisdiction?
pub fn sees_lots(viewer: &Viewer, views: &Views<Register>, at: Code) -> bool {
    views.beside.reaches(viewer, What::Lots, at)
}

/// The social money of a project as the reader is told of it. A project is judged beside all those
/// of its jurisdiction, whose sum is public.
pub fn social(viewer: &Viewer, views: &Views<Register>, project: &str, at: Code) -> Social {
    let own = |id: &str| views.works.rows.get(id).filter(|work| is_social(work));
    let Some(work) = own(project) else { return Social::None };
    if sees_lots(viewer, views, at) {
        return Social::Open(work.social);
    }
    let here = views.projects.rows.values().filter(|row| row.jurisdiction == at);
    let beside: Vec<(&str, &Work)> =
        here.filter_map(|row| Some((row.project.as_str(), own(&row.project)?))).collect();
    let cell = |work: &Work| Cell {
        gifts: work.gifts.len() as u64,
        amount_fen: work.social.arranged_fen(),
    };
    let mut cells: Vec<Cell> = beside.iter().map(|(_, work)| cell(work)).collect();
    let parts: Vec<usize> = (0..cells.len()).collect();
    let sum = Sum { total: cells.len(), parts };
    cells.push(Cell {
        gifts: cells.iter().map(|cell| cell.gifts).sum(),
        amount_fen: cells.iter().map(|cell| cell.amount_fen).sum(),
    });
    let how = printed(&cells, &[sum]);
    let place = beside.iter().position(|(id, _)| *id == project);
    match place.map_or(Printed::NotListed, |place| how[place]) {
        Printed::Amounts => Social::Open(work.social),
        withheld => Social::Withheld(withheld),
    }
}

/// Is the social money of any project of a jurisdiction withheld from the public? Exactly where one
/// has fewer gifts than hide each other: all else is withheld beside such a one.
pub fn any_withheld(views: &Views<Register>, at: Code) -> bool {
    let here = views.projects.rows.values().filter(|row| row.jurisdiction == at);
    let mut works = here.filter_map(|row| views.works.rows.get(&row.project));
    works.any(|work| (1..ENOUGH).contains(&(work.gifts.len() as u64)))
}

/// Was social money ever in it? A gift that was taken out again still counts.
fn is_social(work: &Work) -> bool {
    work.social != Stands::default() || !work.gifts.is_empty()
}
