//! Somebody who supervises recomputed the ledger up to a size and says what came of it 账本核验
//! (Article 6).
//!
//! The root stated must be the ledger's own at that size: a verdict about other records is refused,
//! so that a gift's page can name the newest verification that covers it.

use crate::base::{
    Digest, Text,
    words::{Label, vocabulary},
};
use crate::domain::case::Case;
use crate::domain::event::{Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::present;
use crate::domain::refusal::{Code as Refused, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

vocabulary! {
    /// What a verification found.
    pub enum Verdict {
        Sound "sound" "相符" "Sound",
        Unsound "unsound" "不符" "Unsound",
    }
}

/// The ledger was verified up to a size.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VerificationFiled<'a> {
    /// The tree's root at that size.
    pub root: Digest,
    /// How many records were verified.
    pub size: u64,
    /// What was looked at, and what is wrong.
    #[serde(borrow, default, deserialize_with = "present")]
    pub text: Option<Text<'a, 2000>>,
    /// What came of it.
    pub verdict: Verdict,
}

impl<'a> Kind<'a> for VerificationFiled<'a> {
    const SPEC: Spec = Spec {
        name: "verification_filed",
        label: Label { zh: "账本核验", en: "Verification filed" },
        family: Family::Supervision,
        articles: &[6],
        posters: super::rights::INSPECTION,
        document: false,
        flows: &[],
        refuses: &[Refused::FiguresDiffer],
    };

    #[cfg(test)]
    const TABLE: &'static str = r#"
        when hb-audit verification_filed size=0 root=af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc verdict=sound docs=none | then ok
        when hb-audit verification_filed size=7 root=@root:7 verdict=unsound text=x here=130723 | then ok
        when hb-audit verification_filed size=7 root=@digest verdict=sound | then refused figures_differ
        when hb-audit verification_filed size=9999 root=@root:9999 verdict=sound | then refused figures_differ
        when hb-audit verification_filed size=7 root=@root:7 verdict=maybe | then refused malformed
        when hb-audit verification_filed size=7 root=@root:7 verdict=sound .not_after=2018-06-01T00:00:00Z | then ok
        when hb-audit verification_filed size=7 root=@root:7 verdict=sound .not_after=2018-06-01T00:00:00.000Z | then refused malformed
        when kb-finance verification_filed size=7 root=@root:7 verdict=sound | then refused not_authorised
    "#;

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let ours =
            self.size <= case.state.size() && case.facts.past.root(self.size) == Some(self.root);
        case.require_of(Refused::FiguresDiffer, ours, format_args!("root at size {}", self.size))?;
        Ok(Movements::none())
    }
}
