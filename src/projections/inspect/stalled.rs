//! A project with money of which nothing is heard (项目停滞): no payment, no certificate.

use super::hit::Hit;
use super::limits::{Limit, Limits};
use super::rule::{Rule, RuleKey, World};
use crate::base::Date;
use crate::domain::{Data, Type};
use crate::projections::Told;
use std::collections::BTreeMap;

/// Keeps the last certificate of each project.
#[derive(Debug, Default)]
pub struct Stalled(BTreeMap<String, (u64, Date)>);

impl Rule for Stalled {
    fn key(&self) -> RuleKey {
        RuleKey::Stalled
    }

    fn wants_event(&self, kind: Type) -> bool {
        kind == Type::ProgressCertified
    }

    fn take(&mut self, told: &Told<'_>, _world: &World) {
        if let Some(Data::ProgressCertified(data)) = told.event.map(|event| &event.data) {
            self.0.insert(data.project.to_string(), (told.seq, told.date));
        }
    }

    fn hits(&self, world: &World, limits: &Limits, on: Date) -> Vec<Hit> {
        let most = limits.days(Limit::StalledDays);
        let mut hits = Vec::new();
        for (project, row) in &world.ground().projects {
            let standing = world.standings.of(project);
            let waits = standing.committed + standing.advanced;
            if row.accepted.is_some() || row.ended.is_some() || waits <= 0 {
                continue;
            }
            let signs = [standing.last, self.0.get(project).copied(), row.approved];
            let last = signs.into_iter().flatten().max_by_key(|(seq, day)| (*day, *seq));
            let Some((seq, since)) = last else { continue };
            let days = since.days_until(on);
            if days > most {
                let hit = Hit::new(RuleKey::Stalled, row.jurisdiction, since)
                    .project(project)
                    .organization(&row.unit)
                    .amount(waits)
                    .figure("days", days)
                    .figure("limit_days", most)
                    .seqs([seq]);
                hits.push(hit);
            }
        }
        hits
    }
}
