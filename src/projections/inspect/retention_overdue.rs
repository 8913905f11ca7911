//! A retention that was not paid when its time was over (质保金逾期未付).

use super::hit::Hit;
use super::limits::Limits;
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;

/// Looks at accepted projects whose retention is past its day.
#[derive(Debug)]
pub struct RetentionOverdue;

impl Rule for RetentionOverdue {
    fn key(&self) -> RuleKey {
        RuleKey::RetentionOverdue
    }

    fn hits(&self, world: &World, _limits: &Limits, on: Date) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (project, row) in &world.ground().projects {
            let Some((retention, until)) = row.retention.filter(|(_, until)| *until < on) else {
                continue;
            };
            let kept = world.standings.of(project).committed.min(retention);
            if kept > 0 && row.ended.is_none() {
                let hit = Hit::new(RuleKey::RetentionOverdue, row.jurisdiction, until)
                    .project(project)
                    .amount(kept)
                    .figure("days_late", until.days_until(on))
                    .seqs(row.accepted.map(|(seq, _)| seq));
                hits.push(hit);
            }
        }
        hits
    }
}
