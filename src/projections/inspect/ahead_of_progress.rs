//! Paid far ahead of what was certified (超进度支付).
//!
//! Only a project with a certificate is judged: without one nobody has said how far it is.

use super::hit::Hit;
use super::limits::{Limit, Limits, bp_of};
use super::rule::{Rule, RuleKey, World};
use crate::base::{Code, Date};
use crate::domain::Data;
use crate::domain::Type;
use crate::projections::Told;
use std::collections::BTreeMap;

#[derive(Debug)]
struct Lead {
    at: Code,
    on: Date,
    seqs: [u64; 2],
    paid: i64,
    paid_bp: i64,
    certified_bp: i64,
}

/// Looks at each payment as it is made.
#[derive(Debug, Default)]
pub struct AheadOfProgress(BTreeMap<String, Lead>);

impl Rule for AheadOfProgress {
    fn key(&self) -> RuleKey {
        RuleKey::AheadOfProgress
    }

    fn wants_event(&self, kind: Type) -> bool {
        kind == Type::DisbursementMade
    }

    fn take(&mut self, told: &Told<'_>, world: &World) {
        let Some(Data::DisbursementMade(data)) = told.event.map(|event| &event.data) else {
            return;
        };
        let project = data.project.as_str();
        let known = world.ground().projects.get(project);
        let Some((row, (seq, certified))) = known.and_then(|row| Some((row, row.progress?))) else {
            return;
        };
        let standing = world.standings.of(project);
        let paid = standing.spent + standing.advanced;
        let (paid_bp, certified_bp) = (bp_of(paid, row.approved_fen), i64::from(certified));
        let seqs = [seq, told.seq];
        let lead = Lead { at: row.jurisdiction, on: told.date, seqs, paid, paid_bp, certified_bp };
        let widest = self.0.get(project).map(|lead| lead.paid_bp - lead.certified_bp);
        if widest.is_none_or(|widest| widest < paid_bp - certified_bp) {
            self.0.insert(project.to_owned(), lead);
        }
    }

    fn hits(&self, _world: &World, limits: &Limits, _on: Date) -> Vec<Hit> {
        let most = limits.get(Limit::ProgressBp);
        let ahead = self.0.iter().filter(|(_, lead)| lead.paid_bp - lead.certified_bp > most);
        let hit = |(project, lead): (&String, &Lead)| {
            Hit::new(RuleKey::AheadOfProgress, lead.at, lead.on)
                .project(project)
                .amount(lead.paid)
                .figure("paid_bp", lead.paid_bp)
                .figure("certified_bp", lead.certified_bp)
                .figure("limit_bp", most)
                .seqs(lead.seqs)
        };
        ahead.map(hit).collect()
    }
}
