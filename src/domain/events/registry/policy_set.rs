//! A level sets a threshold 参数设定 (Article 32): the regulation itself sets no numbers.
//!
//! The province's poverty office sets; every other level only tightens what counts above it, be it
//! set or the default. The list of thresholds is closed and stands in `domain/policy.rs`.

use crate::base::{Date, Line, Name, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::{By, Misshapen};
use crate::domain::policy::{PolicyKey, Unit};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::{Setting, State};
use schemars::JsonSchema;
use serde::Deserialize;

/// A level sets a threshold for itself and all below it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicySet<'a> {
    /// The first day on which the value counts.
    pub effective_from: Date,
    /// The threshold.
    #[serde(borrow)]
    pub key: Name<'a>,
    /// The rule that the value comes from.
    #[serde(borrow)]
    pub source: Line<'a>,
    /// What the value counts; fixed by the threshold, stated so that nobody misreads it.
    pub unit: Unit,
    /// The value.
    pub value: i64,
}

impl<'a> Kind<'a> for PolicySet<'a> {
    const SPEC: Spec = Spec {
        name: "policy_set",
        label: Label { zh: "参数设定", en: "Policy set" },
        family: Family::Registry,
        articles: &[32],
        posters: &[(Role::PovertyOffice, Reach::Own)],
        document: true,
        flows: &[],
        refuses: &[Refused::UnknownPolicy, Refused::PolicyOutOfRange],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when hb-poverty policy_set key=advance_cap_bp value=0 unit=bp source=x effective_from=2017-01-01 | then ok
        when hb-poverty policy_set key=advance_cap_bp value=10000 unit=bp source=x effective_from=2017-01-01 | then ok
        when hb-poverty policy_set key=advance_cap_bp value=10001 unit=bp source=x effective_from=2017-01-01 | then refused policy_out_of_range
        when hb-poverty policy_set key=advance_cap_bp value=-1 unit=bp source=x effective_from=2017-01-01 | then refused policy_out_of_range
        when hb-poverty policy_set key=feedback_use_days value=365 unit=days source=x effective_from=2017-01-01 | then ok
        when hb-poverty policy_set key=feedback_use_days value=0 unit=days source=x effective_from=2017-01-01 | then refused policy_out_of_range
        given @province-cap | when kb-poverty policy_set key=advance_cap_bp value=4000 unit=bp source=x effective_from=2017-01-01 | then ok
        given @province-cap | when kb-poverty policy_set key=advance_cap_bp value=4001 unit=bp source=x effective_from=2017-01-01 | then refused policy_out_of_range
        given @province-cap | when kb-poverty policy_set key=advance_cap_bp value=4001 unit=bp source=x effective_from=2016-12-31 | then ok
        given @province-cap | when hb-poverty policy_set key=advance_cap_bp value=5000 unit=bp source=x effective_from=2018-01-01 | then ok
        when kb-poverty policy_set key=feedback_use_days value=30 unit=days source=x effective_from=2017-01-01 | then ok
        when kb-poverty policy_set key=feedback_use_days value=31 unit=days source=x effective_from=2017-01-01 | then refused policy_out_of_range
        when kb-poverty policy_set key=disclosure_min_days value=10 unit=days source=x effective_from=2017-01-01 | then ok
        when kb-poverty policy_set key=disclosure_min_days value=11 unit=days source=x effective_from=2017-01-01 | then ok
        when kb-poverty policy_set key=disclosure_min_days value=9 unit=days source=x effective_from=2017-01-01 | then refused policy_out_of_range
        given kb-poverty policy_set key=feedback_use_days value=20 unit=days source=x effective_from=2017-01-01 | when kb-poverty policy_set key=feedback_use_days value=30 unit=days source=x effective_from=2018-01-01 | then ok
        when hb-poverty policy_set key=courage value=1 unit=days source=x effective_from=2017-01-01 | then refused unknown_policy
        when hb-poverty policy_set key=advance_cap_bp value=1 unit=days source=x effective_from=2017-01-01 | then refused malformed
        when hb-poverty policy_set key=advance_cap_bp value=1 unit=miles source=x effective_from=2017-01-01 | then refused malformed
        when kb-poverty policy_set key=advance_cap_bp value=1 unit=bp source=x effective_from=2017-01-01 here=130000 | then refused not_authorised
        when hb-poverty policy_set key=advance_cap_bp value=1 unit=bp source=x effective_from=2017-01-01 here=130723 | then refused not_authorised
        when operator policy_set key=advance_cap_bp value=1 unit=bp source=x effective_from=2017-01-01 | then refused not_authorised
        when kb-poverty policy_set key=advance_cap_bp value=1 unit=bp source=x effective_from=2017-01-01 docs=none | then refused document_missing
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        let fits =
            PolicyKey::parse(self.key.as_str()).is_none_or(|key| key.policy().unit == self.unit);
        Misshapen::unless(fits, "unit is not the one of this key")
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let key = case.policy_key(self.key)?;
        let policy = key.policy();
        let within = (policy.least..=policy.greatest).contains(&self.value);
        case.require_of(
            Refused::PolicyOutOfRange,
            within,
            format_args!("{key} from {} to {}", policy.least, policy.greatest),
        )?;
        let parent = case.state.jurisdiction(case.here()).and_then(|row| row.parent);
        if let Some(parent) = parent {
            let above = case.state.policy(key, parent, self.effective_from);
            let tightens = key.tighter(self.value, above) == self.value;
            case.require_of(
                Refused::PolicyOutOfRange,
                tightens,
                format_args!("{key} is {above} at {parent}"),
            )?;
        }
        Ok(Movements::none())
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        let key = PolicyKey::parse(self.key.as_str());
        let key = key.expect("the key was known when this was decided");
        let setting = Setting { effective_from: self.effective_from, value: self.value };
        state.policies.change_or_add((key, entry.here())).push(setting);
    }
}
