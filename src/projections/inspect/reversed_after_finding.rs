//! An entry that was reversed after supervision had pointed at it or its project (查后冲销).

use super::hit::Hit;
use super::limits::Limits;
use super::noted::Noted;
use super::rule::{Rule, RuleKey, World};
use crate::base::{Date, EventId};
use crate::domain::{Data, Type};
use crate::projections::Told;
use std::collections::BTreeMap;

/// Keeps what findings point at.
#[derive(Debug, Default)]
pub struct ReversedAfterFinding {
    noted: Noted,
    events: BTreeMap<EventId, (String, u64)>,
    projects: BTreeMap<String, (String, u64)>,
}

impl Rule for ReversedAfterFinding {
    fn key(&self) -> RuleKey {
        RuleKey::ReversedAfterFinding
    }

    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::FindingRaised | Type::EntryReversed)
    }

    fn take(&mut self, told: &Told<'_>, world: &World) {
        match told.event.map(|event| &event.data) {
            Some(Data::FindingRaised(data)) => {
                let finding = (data.finding.to_string(), told.seq);
                for id in data.evidence.iter().chain(&data.subjects.event) {
                    self.events.insert(*id, finding.clone());
                }
                if let Some(project) = data.subjects.project {
                    self.projects.insert(project.to_string(), finding);
                }
            }
            Some(Data::EntryReversed(data)) => {
                let payment = world.payments.of(data.reverses);
                let project = payment.map(|one| one.project.clone());
                let of_project = || self.projects.get(project.as_ref()?);
                let found = self.events.get(&data.reverses).or_else(of_project);
                if let Some((finding, seq)) = found {
                    let fen = told.movements.iter().map(|one| one.amount_fen).sum();
                    let mut hit = Hit::new(RuleKey::ReversedAfterFinding, told.here, told.date)
                        .amount(fen)
                        .seqs([*seq])
                        .seqs(payment.map(|one| one.seq))
                        .about(finding.as_str());
                    hit.project = project;
                    self.noted.note(told, hit);
                }
            }
            Some(_) | None => {}
        }
    }

    fn hits(&self, _world: &World, _limits: &Limits, _on: Date) -> Vec<Hit> {
        self.noted.hits()
    }
}
