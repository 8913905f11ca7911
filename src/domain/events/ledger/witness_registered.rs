//! A witness becomes known 见证人登记: another body's key that cosigns checkpoints.

use crate::base::{Name, Text, words::Label};
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::{By, Misshapen};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use crate::domain::vkey::WitnessKey;
use schemars::JsonSchema;
use serde::Deserialize;

/// A witness becomes known.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WitnessRegistered<'a> {
    /// Its name, which is also its key's.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// The organization that runs it.
    #[serde(borrow)]
    pub org: Name<'a>,
    /// The verifier key of its cosignatures (C2SP tlog-cosignature).
    #[serde(borrow)]
    pub vkey: WitnessKey<'a>,
}

impl<'a> Kind<'a> for WitnessRegistered<'a> {
    const SPEC: Spec = Spec {
        name: "witness_registered",
        label: Label { zh: "见证人登记", en: "Witness registered" },
        family: Family::Ledger,
        articles: &[],
        posters: &[(Role::Operator, Reach::Any)],
        document: false,
        flows: &[],
        refuses: &[Refused::AlreadyKnown, Refused::UnknownOrganization, Refused::NotIndependent],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when operator witness_registered name=audit/w1 vkey=@witness:audit/w1:77 org=hb-audit docs=none | then ok
        given @witness | when operator witness_registered name=w2 vkey=@witness:w2:78 org=hb-audit | then ok
        given @witness | when operator witness_registered name=w2 vkey=@witness:w2:77 org=hb-audit | then refused already_known
        given @witness | when operator witness_registered name=w1 vkey=@witness:w1:78 org=hb-audit | then refused already_known
        when operator witness_registered name=w1 vkey=@witness:w1:00 org=hb-audit | then refused already_known
        given @signing | when operator witness_registered name=w1 vkey=@witness:w1:a1 org=hb-audit | then refused already_known
        when operator witness_registered name=w1 vkey=@witness:w1:77 org=nobody | then refused unknown_organization
        when operator witness_registered name=w1 vkey=@witness:w1:77 org=platform | then refused not_independent
        given operator principal_registered principal=second role=operator scope=130700 org=kb-unit signing=optional | when operator witness_registered name=w1 vkey=@witness:w1:77 org=kb-unit | then refused not_independent
        when operator witness_registered name=w1 vkey=@witness:w2:77 org=hb-audit | then refused malformed
        when operator witness_registered name=abc vkey=@log:abc:77 org=hb-audit | then refused malformed
        when hb-audit witness_registered name=w1 vkey=@witness:w1:77 org=hb-audit | then refused not_authorised
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        let same = self.name.as_str() == self.vkey.name();
        Misshapen::unless(same, "name is not the vkey's name")
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let known = case.state.witnesses.get(self.name.as_str()).is_some();
        case.new_name(known, self.name.as_str())?;
        case.new_key(self.vkey.key(), "vkey")?;
        case.organization(self.org)?;
        // A body that operates, or ever did, could show its own cosigner what it shows no other.
        let mut principals = case.state.principals_of(self.org.as_str());
        let operates = principals.any(|(_, principal)| principal.role == Role::Operator);
        case.require_of(Refused::NotIndependent, !operates, self.org)?;
        Ok(Movements::none())
    }

    fn apply(&self, _entry: &Entry<'_>, state: &mut State) {
        state.witnesses.add(self.name.as_str().into(), true);
        state.keys.add(self.vkey.key(), self.name.as_str().into());
    }
}
