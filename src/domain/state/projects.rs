//! Projects: stage, approval, and sums that follow the movements.

use super::{Net, OrganizationId, PlanId, ProjectId, State};
use crate::base::{Code, Date, Fen, Village, words::vocabulary};
use crate::domain::fund::Category;
use crate::domain::movement::Movement;
use crate::domain::place::{Place, Source};
use serde::{Deserialize, Serialize};

vocabulary! {
    /// How far a project has come.
    pub enum Stage {
        Admitted "admitted" "已入库" "Admitted",
        Approved "approved" "已批复" "Approved",
        Accepted "accepted" "已验收" "Accepted",
        Closed "closed" "已关闭" "Closed",
        Cancelled "cancelled" "已取消" "Cancelled",
    }
}

/// A project of the county's library (Article 17).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Project {
    /// Where it lies.
    pub jurisdiction: Code,
    /// What it is for.
    pub category: Category,
    /// Who carries it out.
    pub unit: OrganizationId,
    /// How far it has come.
    pub stage: Stage,
    /// The business date of its approval.
    pub approved_on: Option<Date>,
    /// The sum approved.
    pub approved: Fen,
    /// The funds approved as its sources, as bits of [`crate::domain::fund::Fund`].
    pub funds: u32,
    /// Certified progress in basis points.
    pub progress_bp: u16,
    /// What is committed to it, of all lots.
    pub committed: Net,
    /// What is advanced in it.
    pub advanced: Net,
    /// What is spent in it.
    pub spent: Net,
    /// What is to be paid back.
    pub reclaim: Net,
}

impl Project {
    /// Does it take money on that day? From approval until close or cancellation (by the order of
    /// records), and not before the approval's business date.
    pub fn takes_money_on(&self, date: Date) -> bool {
        matches!(self.stage, Stage::Approved | Stage::Accepted)
            && self.approved_on.is_some_and(|since| since <= date)
    }

    /// What is used of the approved sum.
    pub fn used(&self) -> Net {
        Net::sum([self.committed, self.advanced, self.spent, self.reclaim])
    }

    /// Was it never approved, so that it has no sources, sum or cap to break?
    pub fn is_unapproved(&self) -> bool {
        self.approved_on.is_none()
    }

    /// Has it ended, so that what comes back is surplus?
    pub fn has_ended(&self) -> bool {
        matches!(self.stage, Stage::Closed | Stage::Cancelled)
    }
}

impl State {
    /// A project.
    pub fn project(&self, id: ProjectId) -> &Project {
        self.projects.at(id.index()).1
    }

    /// A project's id in text.
    pub fn project_name(&self, id: ProjectId) -> &str {
        self.projects.at(id.index()).0
    }

    /// The project of that name.
    pub fn project_id(&self, name: &str) -> Option<ProjectId> {
        self.projects.index(name).map(ProjectId::new)
    }

    /// The villages that a project serves.
    pub fn project_villages(&self, id: ProjectId) -> &[Village] {
        self.project_villages.get(&id).map(Vec::as_slice).unwrap_or_default()
    }

    /// A plan's id in text.
    pub fn plan_name(&self, id: PlanId) -> &str {
        self.plans.at(id.index()).0
    }

    /// The plan of that name.
    pub fn plan_id(&self, name: &str) -> Option<PlanId> {
        self.plans.index(name).map(PlanId::new)
    }

    pub(super) fn move_project(&mut self, movement: &Movement) {
        let amount = movement.amount.fen();
        for (place, enters) in [(movement.from, false), (movement.to, true)] {
            let Some(id) = place.project() else { continue };
            let row = self.projects.change_at(id.index());
            let sum = match place {
                Place::Committed(..) => &mut row.committed,
                Place::Advanced(..) => &mut row.advanced,
                Place::Spent(..) => &mut row.spent,
                Place::Reclaim(..) => &mut row.reclaim,
                Place::Outside
                | Place::Available(_)
                | Place::Consolidated(..)
                | Place::Surplus(_) => {
                    unreachable!("a place with a project is one of the four")
                }
            };
            sum.change(amount, enters);
            assert!(sum.get() >= 0, "law: a project's sums are those of its places");
            if let Place::Committed(_, source) | Place::Spent(_, source) = place {
                self.remember_source(id, source);
            }
        }
    }

    /// Keeps a project's sources in draw order: not consolidated first, then plans in byte order of
    /// their ids, within these by the code of the jurisdiction (design section 3).
    fn remember_source(&mut self, project: ProjectId, source: Source) {
        if self.sources(project).contains(&source) {
            return;
        }
        let key =
            |one: &Source| (one.plan.map(|plan| self.plan_name(plan).to_owned()), one.jurisdiction);
        let new = key(&source);
        let at = self.sources(project).iter().take_while(|one| key(one) < new).count();
        self.project_sources.change_or_add(project).insert(at, source);
    }
}
