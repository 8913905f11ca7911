//! The same project twice in the library (重复申报): village, category and nearly the sum agree.

use super::hit::Hit;
use super::limits::{Limit, Limits, share_of};
use super::rule::{Rule, RuleKey, World};
use crate::base::{Code, Date, Village};
use crate::domain::fund::Category;
use crate::projections::ground::Project;
use std::collections::BTreeMap;

/// Compares the projects of each village.
#[derive(Debug)]
pub struct AdmittedTwice;

type Same<'w> = Vec<(&'w String, &'w Project)>;

impl Rule for AdmittedTwice {
    fn key(&self) -> RuleKey {
        RuleKey::AdmittedTwice
    }

    fn hits(&self, world: &World, limits: &Limits, _on: Date) -> Vec<Hit> {
        let mut groups: BTreeMap<(Code, Village, Category), Same<'_>> = BTreeMap::new();
        for (id, row) in &world.ground().projects {
            for village in &row.villages {
                let key = (row.jurisdiction, *village, row.category);
                groups.entry(key).or_default().push((id, row));
            }
        }
        let mut hits: BTreeMap<(&str, &str), Hit> = BTreeMap::new();
        for same in groups.values_mut() {
            same.sort_by_key(|(_, row)| row.admitted);
            for (at, (id, row)) in same.iter().enumerate() {
                for (earlier, other) in &same[..at] {
                    let days = other.admitted.1.days_until(row.admitted.1);
                    let apart = (row.estimate_fen - other.estimate_fen).abs();
                    let near = share_of(other.estimate_fen, limits.get(Limit::DoubleBp));
                    if days <= limits.days(Limit::TwiceDays) && apart <= near {
                        let hit =
                            Hit::new(RuleKey::AdmittedTwice, row.jurisdiction, row.admitted.1)
                                .project(id)
                                .amount(row.estimate_fen)
                                .figure("days_apart", days)
                                .figure("apart_fen", apart)
                                .seqs([other.admitted.0, row.admitted.0])
                                .about(earlier.as_str());
                        hits.insert((earlier.as_str(), id.as_str()), hit);
                    }
                }
            }
        }
        hits.into_values().collect()
    }
}
