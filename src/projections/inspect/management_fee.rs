//! Management fees above their share of central money (管理费超比例, 财农〔2017〕8号).

use super::hit::Hit;
use super::limits::{Limits, share_of};
use super::rule::{Rule, RuleKey, World};
use crate::base::{Code, Date};
use crate::domain::fund::{Category, Fund};
use crate::domain::policy::PolicyKey;
use crate::projections::Told;
use crate::projections::path::Spot;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
struct Central {
    whole: i64,
    fees: i64,
    projects: BTreeSet<String>,
    seqs: BTreeSet<u64>,
    last: Option<Date>,
}

/// Adds up, for each jurisdiction, central money and what of it pays management.
#[derive(Debug, Default)]
pub struct ManagementFee(BTreeMap<Code, Central>);

impl Rule for ManagementFee {
    fn key(&self) -> RuleKey {
        RuleKey::ManagementFee
    }

    fn take(&mut self, told: &Told<'_>, world: &World) {
        for movement in told.movements {
            let lot = world.ground().lots.get(movement.lot);
            if lot.is_none_or(|lot| lot.fund != Fund::CentralSpecial) {
                continue;
            }
            let fen = movement.amount_fen;
            for (path, fen) in [(movement.from, -fen), (movement.to, fen)] {
                let Some(spot) = Spot::parse(path) else { continue };
                let Some(at) = world.ground().lies_at(&spot) else { continue };
                let row = self.0.entry(at).or_default();
                row.whole += fen;
                let project = spot.project.and_then(|id| world.ground().projects.get_key_value(id));
                if let Some((id, project)) = project
                    && project.category == Category::ProjectManagement
                {
                    row.fees += fen;
                    row.projects.insert(id.clone());
                    row.seqs.insert(told.seq);
                    row.last = Some(told.date);
                }
            }
        }
    }

    fn hits(&self, world: &World, _limits: &Limits, on: Date) -> Vec<Hit> {
        let mut hits = Vec::new();
        for (at, row) in &self.0 {
            let cap_bp = world.ground().policies.value(PolicyKey::ManagementFeeCapBp, *at, on);
            let cap = share_of(row.whole, cap_bp);
            if row.fees > cap {
                let hit = Hit::new(RuleKey::ManagementFee, *at, row.last.unwrap_or(on))
                    .amount(row.fees - cap)
                    .figure("fees_fen", row.fees)
                    .figure("central_fen", row.whole)
                    .figure("cap_bp", cap_bp)
                    .seqs(row.seqs.iter().copied())
                    .about(row.projects.iter().cloned().collect::<Vec<_>>().join(", "));
                hits.push(hit);
            }
        }
        hits
    }
}
