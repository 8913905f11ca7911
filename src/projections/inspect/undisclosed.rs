//! Projects, plans and acceptances that were not shown in time (未按期公开, Article 17).
//!
//! That a project or a plan was never shown is a violation; an acceptance, a risk.

use super::hit::Hit;
use super::limits::Limits;
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use crate::domain::Type;
use crate::domain::events::{Severity, SubjectKind};
use crate::projections::disclosures::{Disclosures, Due, Shown};
use crate::projections::{Fold, Told};

/// Asks which notices are overdue.
#[derive(Debug, Default)]
pub struct Undisclosed(Disclosures);

impl Rule for Undisclosed {
    fn key(&self) -> RuleKey {
        RuleKey::Undisclosed
    }

    fn wants_event(&self, kind: Type) -> bool {
        self.0.wants_event(kind)
    }

    fn take(&mut self, told: &Told<'_>, _world: &World) {
        self.0.take(told);
    }

    fn hits(&self, world: &World, _limits: &Limits, on: Date) -> Vec<Hit> {
        let hit = |due: Due| {
            let severity = match due.kind {
                SubjectKind::Acceptance => Severity::Risk,
                _ => Severity::Violation,
            };
            let project = due.project.as_ref();
            let used = project.map_or(0, |project| world.standings.of(project).used());
            let mut hit = Hit::new(RuleKey::Undisclosed, due.jurisdiction, due.due_on)
                .severity(severity)
                .amount(used)
                .figure("days_late", due.days_late)
                .seqs([due.cause_seq])
                .about(match due.kind {
                    SubjectKind::Plan => format!("{} {}", due.kind, due.id),
                    _ => due.kind.to_string(),
                });
            hit.project = due.project;
            hit
        };
        let missing = |due: &Due| due.standing == Shown::Missing;
        self.0.due(on, None).into_iter().filter(missing).map(hit).collect()
    }
}
