//! A notice is posted 公告公示 (Article 17): what was decided or paid is shown where people see it.
//!
//! The notice itself stays outside the chain; here stand where, for how long, and its digest.

use crate::base::{
    Code, Date, Digest, EventId, Line, Name,
    words::{Label, vocabulary},
};
use crate::domain::case::Case;
use crate::domain::event::{Family, Kind, Spec, Type};
use crate::domain::movement::Movements;
use crate::domain::policy::PolicyKey;
use crate::domain::refusal::{Check, Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use schemars::JsonSchema;
use serde::Deserialize;

vocabulary! {
    /// What a notice is about.
    pub enum SubjectKind {
        Allocation "allocation" "资金下达" "Allocation",
        Plan "plan" "整合方案" "Consolidation plan",
        Project "project" "项目" "Project",
        Disbursement "disbursement" "拨付" "Disbursement",
        Acceptance "acceptance" "项目验收" "Acceptance",
        Donation "donation" "社会捐赠" "Donation",
    }
}

vocabulary! {
    /// The level at which a notice is posted; villages and townships are none of [`Level`].
    ///
    /// [`Level`]: crate::domain::fund::Level
    pub enum DisclosureLevel {
        Province "province" "省" "Province",
        City "city" "市" "City",
        County "county" "县" "County",
        Township "township" "乡镇" "Township",
        Village "village" "村" "Village",
    }
}

vocabulary! {
    /// How a notice is shown.
    pub enum DisclosureChannel {
        Board "board" "公示栏" "Notice board",
        Website "website" "网站" "Website",
        Newspaper "newspaper" "报纸" "Newspaper",
        Broadcast "broadcast" "广播电视" "Broadcast",
    }
}

/// What a notice is about: a project's or a plan's id, the lot of a gift, or the id of the event by
/// which money was allocated or disbursed or a project accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subject<'a> {
    /// Its id.
    #[serde(borrow)]
    pub id: Name<'a>,
    /// What it is.
    pub kind: SubjectKind,
}

/// A notice is posted.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DisclosurePublished<'a> {
    /// How it is shown.
    pub channel: DisclosureChannel,
    /// SHA-256 of what is shown.
    pub content_sha256: Digest,
    /// The first day on which it is shown.
    pub from: Date,
    /// The level at which it is posted.
    pub level: DisclosureLevel,
    /// Where it is shown.
    #[serde(borrow)]
    pub place: Line<'a>,
    /// What it is about.
    #[serde(borrow)]
    pub subject: Subject<'a>,
    /// The last day on which it is shown.
    pub until: Date,
}

impl<'a> Kind<'a> for DisclosurePublished<'a> {
    const SPEC: Spec = Spec {
        name: "disclosure_published",
        label: Label { zh: "公告公示", en: "Disclosure published" },
        family: Family::Disclosure,
        articles: &[17],
        posters: &[
            (Role::Bureau, Reach::Own),
            (Role::Custodian, Reach::Own),
            (Role::PovertyOffice, Reach::Own),
            (Role::LineDepartment, Reach::Own),
            (Role::Unit, Reach::Own),
        ],
        document: false,
        flows: &[],
        refuses: &[
            Refused::UnknownLot,
            Refused::UnknownProject,
            Refused::UnknownPlan,
            Refused::UnknownEvent,
            Refused::NotHolder,
            Refused::NoticeTooShort,
        ],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @P1 | when kb-poverty disclosure_published subject={\"kind\":\"project\",\"id\":\"P1\"} level=village channel=board place=x from=2018-04-01 until=2018-04-10 content_sha256=@digest docs=none | then ok
        given @P1 | when kb-poverty disclosure_published subject={\"kind\":\"project\",\"id\":\"P1\"} level=village channel=board place=x from=2018-04-01 until=2018-04-11 content_sha256=@digest | then ok
        given @P1 | when kb-poverty disclosure_published subject={\"kind\":\"project\",\"id\":\"P1\"} level=village channel=board place=x from=2018-04-01 until=2018-04-09 content_sha256=@digest | then refused notice_too_short
        given @P1 | when kb-poverty disclosure_published subject={\"kind\":\"project\",\"id\":\"P1\"} level=village channel=board place=x from=2018-04-01 until=2018-03-01 content_sha256=@digest | then refused notice_too_short
        given @P1 | when kb-unit disclosure_published subject={\"kind\":\"project\",\"id\":\"P1\"} level=township channel=broadcast place=x from=2018-05-01 until=2018-05-31 content_sha256=@digest maker=m-1 checker=m-1 | then ok
        given @P1 | when kb-line disclosure_published subject={\"kind\":\"project\",\"id\":\"P1\"} level=county channel=newspaper place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then ok
        given @P1 | when kb-audit disclosure_published subject={\"kind\":\"project\",\"id\":\"P1\"} level=county channel=newspaper place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then refused not_authorised
        given @P1 | when zb-poverty disclosure_published subject={\"kind\":\"project\",\"id\":\"P1\"} level=county channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then refused not_holder
        when kb-poverty disclosure_published subject={\"kind\":\"project\",\"id\":\"P9\"} level=county channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then refused unknown_project
        when kb-poverty disclosure_published subject={\"kind\":\"plan\",\"id\":\"K9\"} level=county channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then refused unknown_plan
        given @G1 | when kb-charity disclosure_published subject={\"kind\":\"donation\",\"id\":\"G1\"} level=county channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then ok
        given @G1 | when kb-poverty disclosure_published subject={\"kind\":\"donation\",\"id\":\"G1\"} level=village channel=board place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then ok
        given @G1 | when zb-charity disclosure_published subject={\"kind\":\"donation\",\"id\":\"G1\"} level=county channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then refused not_holder
        given @G1 | when zb-poverty disclosure_published subject={\"kind\":\"donation\",\"id\":\"G1\"} level=county channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then refused not_holder
        given @L1 | when kb-finance disclosure_published subject={\"kind\":\"donation\",\"id\":\"L1\"} level=county channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then refused not_holder
        when kb-charity disclosure_published subject={\"kind\":\"donation\",\"id\":\"G9\"} level=county channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then refused unknown_lot
        given @L1 | when hb-finance disclosure_published subject={\"kind\":\"allocation\",\"id\":\"#last\"} level=province channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then ok
        given @L1 | when kb-finance disclosure_published subject={\"kind\":\"allocation\",\"id\":\"#last\"} level=county channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then ok
        given @L1 | when hb-finance disclosure_published subject={\"kind\":\"allocation\",\"id\":\"#first\"} level=province channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then refused unknown_event
        given @L1 | when hb-finance disclosure_published subject={\"kind\":\"allocation\",\"id\":\"L1\"} level=province channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then refused unknown_event
        given @paid | when kb-finance disclosure_published subject={\"kind\":\"disbursement\",\"id\":\"#paid\"} level=county channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then ok
        given @paid | when zb-finance disclosure_published subject={\"kind\":\"disbursement\",\"id\":\"#paid\"} level=county channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then refused not_holder
        given @paid | when kb-finance disclosure_published subject={\"kind\":\"acceptance\",\"id\":\"#paid\"} level=county channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then refused unknown_event
        given @P1 @accepted | when kb-poverty disclosure_published subject={\"kind\":\"acceptance\",\"id\":\"#last\"} level=county channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then ok
        given @plan | when kb-poverty disclosure_published subject={\"kind\":\"plan\",\"id\":\"K1\"} level=county channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then ok
        given @plan | when zb-poverty disclosure_published subject={\"kind\":\"plan\",\"id\":\"K1\"} level=county channel=website place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then refused not_holder
        given @P1 @notice | when kb-poverty disclosure_published subject={\"kind\":\"project\",\"id\":\"P1\"} level=village channel=board place=x from=2018-04-01 until=2018-04-14 content_sha256=@digest date=2018-05-01 | then refused notice_too_short
        given @P1 @notice | when kb-poverty disclosure_published subject={\"kind\":\"project\",\"id\":\"P1\"} level=village channel=board place=x from=2018-04-01 until=2018-04-15 content_sha256=@digest date=2018-05-01 | then ok
        given @P1 @notice | when kb-poverty disclosure_published subject={\"kind\":\"project\",\"id\":\"P1\"} level=village channel=board place=x from=2018-04-01 until=2018-04-10 content_sha256=@digest date=2018-04-30 | then ok
        given @P1 | when kb-poverty disclosure_published subject={\"kind\":\"village\",\"id\":\"P1\"} level=village channel=board place=x from=2018-04-01 until=2018-04-30 content_sha256=@digest | then refused malformed
    ";

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        self.subject.stands_here(case)?;
        let days = i64::from(self.from.days_until(self.until)) + 1;
        let least = case.state.policy(PolicyKey::DisclosureMinDays, case.here(), case.date());
        case.require_of(
            Refused::NoticeTooShort,
            days >= least,
            format_args!("{days} days, both ends counted, of at least {least}"),
        )?;
        Ok(Movements::none())
    }
}

impl Subject<'_> {
    /// The subject is known (`unknown_…`), and the event stands where it is (`not_holder`): at the
    /// project or the plan. A gift or an event may be shown where it happened and at each level
    /// above and below: an allocation also by the county that got it; a custodian shows its own
    /// gifts.
    fn stands_here(&self, case: &Case<'_>) -> Check {
        match self.kind {
            SubjectKind::Project => case.stands_at(case.project(self.id)?),
            SubjectKind::Plan => case.plan_stands_here(Some(case.plan(self.id)?)),
            SubjectKind::Donation => {
                let (id, lot) = case.lot(self.id)?;
                if case.is_custodian() {
                    return case.holds_gift(id, lot);
                }
                self.is_in_line(case, lot.is_gift(), lot.receiver)
            }
            SubjectKind::Allocation => self.event_in_line(case, Type::AllocationMade),
            SubjectKind::Disbursement => self.event_in_line(case, Type::DisbursementMade),
            SubjectKind::Acceptance => self.event_in_line(case, Type::ProjectAccepted),
        }
    }

    fn event_in_line(&self, case: &Case<'_>, of_type: Type) -> Check {
        let Some(id) = EventId::parse(self.id.as_str()) else {
            return Err(case.refuse(Refused::UnknownEvent).about(self.id));
        };
        let there = case.past(id, &[of_type], |_, past| past.event.jurisdiction)?;
        self.is_in_line(case, true, there)
    }

    /// Is that jurisdiction the event's own, or one above or below it (`not_holder`)?
    fn is_in_line(&self, case: &Case<'_>, fits: bool, there: Code) -> Check {
        let (state, here) = (case.state, case.here());
        let in_line = state.is_at_or_below(there, here) || state.is_below(here, there);
        let about = self.id;
        case.require_of(Refused::NotHolder, fits && in_line, format_args!("{about} of {there}"))
    }
}
