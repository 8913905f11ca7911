//! More is in a project than was approved (超批复): by an exception, or after a reversal or a change.

use super::hit::Hit;
use super::limits::Limits;
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;

/// Compares what is in each approved project with what was approved.
#[derive(Debug)]
pub struct AboveApproved;

impl Rule for AboveApproved {
    fn key(&self) -> RuleKey {
        RuleKey::AboveApproved
    }

    fn hits(&self, world: &World, _limits: &Limits, on: Date) -> Vec<Hit> {
        let approved = world.ground().projects.iter().filter(|(_, row)| row.approved.is_some());
        let above = approved.filter_map(|(project, row)| {
            let standing = world.standings.of(project);
            let above = standing.used() - row.approved_fen;
            let (seq, day) = standing.last.unwrap_or((row.admitted.0, on));
            let hit = Hit::new(RuleKey::AboveApproved, row.jurisdiction, day)
                .project(project)
                .amount(above)
                .figure("used_fen", standing.used())
                .figure("approved_fen", row.approved_fen)
                .seqs(row.approved.map(|(seq, _)| seq).into_iter().chain([seq]));
            (above > 0).then_some(hit)
        });
        above.collect()
    }
}
