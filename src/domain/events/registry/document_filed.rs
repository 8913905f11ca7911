//! A document of responsibility is filed 文件报备 (Articles 4, 8, 10, 11, 14, 15, 29, 30): plans,
//! pledges, assessments, what was commended and who was held accountable.

use crate::base::{
    Digest, EventId, Line, Name, Year,
    words::{Label, vocabulary},
};
use crate::domain::Type;
use crate::domain::case::Case;
use crate::domain::event::{Entry, Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::present;
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use crate::domain::state::State;
use schemars::JsonSchema;
use serde::Deserialize;

vocabulary! {
    /// What kind of document is filed.
    pub enum DocumentKind {
        RollingPlan "rolling_plan" "滚动规划" "Rolling plan",
        AnnualPlan "annual_plan" "年度计划" "Annual plan",
        SpecialPlan "special_plan" "专项规划" "Special plan",
        Pledge "pledge" "责任书" "Pledge of responsibility",
        Assessment "assessment" "考核" "Assessment",
        SupervisionTour "supervision_tour" "督查巡查" "Supervision tour",
        Commendation "commendation" "表彰" "Commendation",
        Accountability "accountability" "问责" "Accountability",
        Objection "objection" "异议" "Objection",
        CarryForward "carry_forward" "结转" "Carry-forward",
        StaffRoster "staff_roster" "经办人员名册" "Staff roster",
        Contract "contract" "合同" "Contract",
    }
}

/// A document of responsibility is filed; its number and hash stand in `docs`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DocumentFiled<'a> {
    /// What it is about, where kind, year and filer do not tell.
    #[serde(borrow, default, deserialize_with = "present")]
    pub about: Option<Line<'a>>,
    /// The organization that it comes from.
    #[serde(borrow)]
    pub from: Name<'a>,
    /// What kind of document it is.
    pub kind: DocumentKind,
    /// The event by which the document that it replaces was filed.
    #[serde(default, deserialize_with = "present")]
    pub replaces: Option<EventId>,
    /// The organization that it goes to.
    #[serde(borrow)]
    pub to: Name<'a>,
    /// Its year.
    pub year: Year,
}

impl<'a> Kind<'a> for DocumentFiled<'a> {
    const SPEC: Spec = Spec {
        name: "document_filed",
        label: Label { zh: "文件报备", en: "Document filed" },
        family: Family::Registry,
        articles: &[4, 8, 10, 11, 14, 15, 29, 30],
        posters: &[
            (Role::Bureau, Reach::Own),
            (Role::PovertyOffice, Reach::Own),
            (Role::LineDepartment, Reach::Own),
            (Role::Auditor, Reach::OwnOrBelow),
            (Role::Inspector, Reach::OwnOrBelow),
        ],
        document: true,
        flows: &[],
        refuses: &[Refused::AlreadyKnown, Refused::UnknownOrganization, Refused::UnknownEvent],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        when kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=hb-poverty | then ok
        when kb-line document_filed kind=contract year=2018 from=kb-line to=kb-poverty about=P1 | then ok
        when hb-audit document_filed kind=assessment year=2018 from=hb-audit to=kb-poverty here=130723 | then ok
        given @filed | when kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=hb-poverty | then refused already_known
        given @filed | when kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=hb-audit | then refused already_known
        given @filed | when kb-poverty document_filed kind=annual_plan year=2019 from=kb-poverty to=hb-poverty | then ok
        given @filed | when kb-poverty document_filed kind=rolling_plan year=2018 from=kb-poverty to=hb-poverty | then ok
        given @filed | when kb-poverty document_filed kind=annual_plan year=2018 from=kb-line to=hb-poverty | then ok
        given @filed | when kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=hb-poverty about=P1 | then ok
        given @filed | when kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=hb-poverty replaces=#last | then ok
        given @filed; kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=hb-poverty replaces=#last | when kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=hb-poverty replaces=#before | then refused unknown_event
        given @filed; kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=hb-poverty replaces=#last | when kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=hb-poverty replaces=#last | then ok
        given @filed; kb-poverty document_filed kind=annual_plan year=2019 from=kb-poverty to=hb-poverty | when kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=hb-poverty replaces=#last | then refused unknown_event
        given @filed | when kb-poverty document_filed kind=annual_plan year=2019 from=kb-poverty to=hb-poverty replaces=#last | then refused unknown_event
        given @filed | when kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=hb-poverty replaces=00000000-0000-0000-0000-00000000ffff | then refused unknown_event
        when kb-poverty document_filed kind=annual_plan year=2018 from=nobody to=hb-poverty | then refused unknown_organization
        when kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=nobody | then refused unknown_organization
        when kb-poverty document_filed kind=diary year=2018 from=kb-poverty to=hb-poverty | then refused malformed
        when kb-poverty document_filed kind=annual_plan year=1999 from=kb-poverty to=hb-poverty | then refused malformed
        when kb-charity document_filed kind=annual_plan year=2018 from=kb-charity to=hb-poverty | then refused not_authorised
        when kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=hb-poverty here=130722 | then refused not_authorised
        when kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=hb-poverty docs=none | then refused document_missing
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let standing = case.state.filed.get(&self.key()).copied();
        let again = self.replaces.is_none() && standing.is_some();
        case.new_name(again, format_args!("{} {} of {}", self.kind, self.year, self.from))?;
        case.organization(self.from)?;
        case.organization(self.to)?;
        if let Some(replaced) = self.replaces {
            // Only what stands is replaced, so that replacements form one line and never a fork.
            let seq = case.past(replaced, &[Type::DocumentFiled], |seq, _| seq)?;
            case.require_of(Refused::UnknownEvent, standing == Some(seq), replaced)?;
        }
        Ok(Movements::none())
    }

    fn apply(&self, entry: &Entry<'_>, state: &mut State) {
        *state.filed.change_or_add(self.key()) = entry.facts.seq;
    }
}

impl DocumentFiled<'_> {
    /// The key under which it is remembered: kind, year, filer, subject.
    fn key(&self) -> [u8; 16] {
        let about = self.about.as_ref().map_or("", Line::as_str);
        let year = self.year.get().to_be_bytes();
        let parts = [self.kind.code(), self.from.as_str(), about];
        // Neither a word of the list nor a name holds a slash, so the parts cannot run together.
        let [kind, from, about] = parts.map(str::as_bytes);
        Digest::of(&[b"filed/", kind, b"/", &year, from, b"/", about]).half()
    }
}
