//! Thresholds as records set them: what counted for a key, at a level, on a day.
//!
//! The same rule as the state's (`domain::state::registry`), folded from records, so that a past
//! day is judged by what counted then. The list of keys is closed (design section 5).

use super::hierarchy::Hierarchy;
use super::{Fold, Told};
use crate::base::{Code, Date};
use crate::domain::policy::PolicyKey;
use crate::domain::{Data, Type};
use std::collections::BTreeMap;

/// The fold behind every threshold.
#[derive(Debug, Default)]
pub struct Policies {
    /// Which jurisdiction lies below which.
    pub hierarchy: Hierarchy,
    settings: BTreeMap<(PolicyKey, Code), Vec<(Date, i64)>>,
}

impl Policies {
    /// What counts for a key at a jurisdiction on a day: the tightest of what its levels set, or
    /// the default.
    pub fn value(&self, key: PolicyKey, at: Code, on: Date) -> i64 {
        self.hierarchy
            .upwards(at)
            .filter_map(|level| self.set_by(key, level, on))
            .reduce(|one, other| key.tighter(one, other))
            .unwrap_or(key.policy().default)
    }

    /// As [`Policies::value`], as a number of days.
    pub fn days(&self, key: PolicyKey, at: Code, on: Date) -> i32 {
        i32::try_from(self.value(key, at, on)).expect("the ranges of days end at 3650")
    }

    /// The day so many days after another, as a threshold counts them.
    pub fn due(&self, key: PolicyKey, at: Code, from: Date) -> Date {
        // A day beyond the calendar's end is never reached; the cause itself then stands in.
        from.plus_days(self.days(key, at, from)).unwrap_or(from)
    }

    fn set_by(&self, key: PolicyKey, level: Code, on: Date) -> Option<i64> {
        let settings = self.settings.get(&(key, level))?;
        // Of equal days the later record counts, and records stand in their order.
        let newest = settings.iter().filter(|(from, _)| *from <= on).max_by_key(|(from, _)| *from);
        newest.map(|(_, value)| *value)
    }
}

impl Fold for Policies {
    fn wants_event(&self, kind: Type) -> bool {
        matches!(kind, Type::JurisdictionRegistered | Type::PolicySet)
    }

    fn take(&mut self, told: &Told<'_>) {
        self.hierarchy.take(told);
        if let Some(Data::PolicySet(data)) = told.event.map(|event| &event.data)
            && let Some(key) = PolicyKey::parse(data.key.as_str())
        {
            let settings = self.settings.entry((key, told.here)).or_default();
            settings.push((data.effective_from, data.value));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projections::tests::{History, day};
    use serde_json::json;

    #[test]
    fn the_tightest_of_the_levels_counts_from_its_day_on() {
        let mut history = History::new();
        let set = |key: &str, value: i64, from: &str| {
            json!({ "key": key, "value": value, "unit": "days", "source": "x",
                "effective_from": from })
        };
        history.at(130_000).tell("policy_set", set("feedback_use_days", 20, "2017-03-01"), "");
        history.at(130_723).tell("policy_set", set("feedback_use_days", 10, "2017-05-01"), "");
        history.at(130_000).tell("policy_set", set("disclosure_min_days", 12, "2017-01-01"), "");
        let policies = history.fold(Policies::default());
        let days = |at, on: &str| policies.value(PolicyKey::FeedbackUseDays, Code(at), day(on));
        assert_eq!(days(130_723, "2017-02-28"), 30);
        assert_eq!(days(130_723, "2017-03-01"), 20);
        assert_eq!(days(130_723, "2017-05-01"), 10);
        assert_eq!(days(130_700, "2017-05-01"), 20);
        let shown = policies.value(PolicyKey::DisclosureMinDays, Code(130_723), day("2017-01-01"));
        assert_eq!(shown, 12);
    }
}
