//! A report is filed 报告报送 (Articles 4, 10, 11, 15): its figures are named by a digest.
//!
//! `report check` recomputes the figures as of the event that the report knew of; what cannot be
//! reproduced is a finding, not a refusal: the rules here look at no figures.

use crate::base::{
    Digest, EventId, Name, Year,
    text::read_from_text,
    words::{Label, vocabulary},
};
use crate::domain::case::Case;
use crate::domain::event::{Family, Kind, Spec};
use crate::domain::movement::Movements;
use crate::domain::parts::{By, Misshapen};
use crate::domain::refusal::{Code as Refused, Refusal};
use crate::domain::role::{Reach, Role};
use schemars::JsonSchema;
use serde::Deserialize;
use std::fmt;

vocabulary! {
    /// How long a span a report covers.
    pub enum ReportKind {
        Quarterly "quarterly" "季报" "Quarterly",
        Annual "annual" "年报" "Annual",
    }
}

/// The span that a report covers: a quarter `YYYY-Qn` or a year `YYYY`, of the years 2000 to 2100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(u32);

impl Period {
    const WHAT: &'static str = "a quarter of the form YYYY-Qn or a year of the form YYYY";
    const PATTERN: &'static str = "^[0-9]{4}(-Q[1-4])?$";

    /// Reads `YYYY-Qn` or `YYYY`.
    pub fn parse(text: &str) -> Option<Period> {
        let (year, quarter) = match text.split_once("-Q") {
            Some((year, quarter @ ("1" | "2" | "3" | "4"))) => (year, quarter.parse().ok()?),
            Some(_) => return None,
            None => (text, 0),
        };
        let digits = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
        let year = digits.then(|| year.parse().ok().and_then(Year::new)).flatten()?;
        Some(Period(u32::from(year.get()) * 10 + quarter))
    }

    /// The year.
    pub fn year(self) -> u16 {
        u16::try_from(self.0 / 10).expect("a period holds four digits of year")
    }

    /// The quarter, 1 to 4; none for a whole year.
    pub fn quarter(self) -> Option<u8> {
        match self.0 % 10 {
            0 => None,
            quarter => Some(u8::try_from(quarter).expect("a digit is below ten")),
        }
    }

    /// The kind of report that covers such a span.
    pub fn kind(self) -> ReportKind {
        match self.quarter() {
            Some(_) => ReportKind::Quarterly,
            None => ReportKind::Annual,
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.quarter() {
            Some(quarter) => write!(out, "{:04}-Q{quarter}", self.year()),
            None => write!(out, "{:04}", self.year()),
        }
    }
}

read_from_text!(Period, u32);

/// A report is filed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportFiled<'a> {
    /// The newest event that the report knew of.
    pub as_of: EventId,
    /// SHA-256 of the figures: the canonical array of the jurisdiction's balance rows.
    pub figures_sha256: Digest,
    /// How long a span it covers.
    pub kind: ReportKind,
    /// The span: `YYYY-Qn` of a quarterly report, `YYYY` of an annual one.
    pub period: Period,
    /// The organization that it is filed with.
    #[serde(borrow)]
    pub to: Name<'a>,
}

impl<'a> Kind<'a> for ReportFiled<'a> {
    const SPEC: Spec = Spec {
        name: "report_filed",
        label: Label { zh: "报告报送", en: "Report filed" },
        family: Family::Disclosure,
        articles: &[4, 10, 11, 15],
        posters: &[
            (Role::Bureau, Reach::Own),
            (Role::PovertyOffice, Reach::Own),
            (Role::LineDepartment, Reach::Own),
            (Role::Auditor, Reach::OwnOrBelow),
            (Role::Inspector, Reach::OwnOrBelow),
        ],
        document: true,
        flows: &[],
        refuses: &[Refused::UnknownOrganization, Refused::UnknownEvent],
    };

    #[cfg(test)]
    const TABLE: &'static str = "
        given @L1 | when kb-finance report_filed kind=quarterly period=2017-Q1 to=hb-finance as_of=#last figures_sha256=@digest | then ok
        given @L1 | when kb-poverty report_filed kind=annual period=2017 to=hb-poverty as_of=#first figures_sha256=@digest | then ok
        given @L1 | when hb-audit report_filed kind=annual period=2100 to=hb-poverty as_of=#last figures_sha256=@digest here=130723 | then ok
        given @L1 | when kb-line report_filed kind=quarterly period=2000-Q4 to=kb-poverty as_of=#last figures_sha256=@digest | then ok
        given @L1 | when kb-charity report_filed kind=annual period=2017 to=hb-poverty as_of=#last figures_sha256=@digest | then refused not_authorised
        given @L1 | when kb-finance report_filed kind=annual period=2017-Q1 to=hb-finance as_of=#last figures_sha256=@digest | then refused malformed
        given @L1 | when kb-finance report_filed kind=quarterly period=2017 to=hb-finance as_of=#last figures_sha256=@digest | then refused malformed
        given @L1 | when kb-finance report_filed kind=quarterly period=2017-Q5 to=hb-finance as_of=#last figures_sha256=@digest | then refused malformed
        given @L1 | when kb-finance report_filed kind=annual period=1999 to=hb-finance as_of=#last figures_sha256=@digest | then refused malformed
        given @L1 | when kb-finance report_filed kind=annual period=2101 to=hb-finance as_of=#last figures_sha256=@digest | then refused malformed
        given @L1 | when kb-finance report_filed kind=monthly period=2017-01 to=hb-finance as_of=#last figures_sha256=@digest | then refused malformed
        given @L1 | when kb-finance report_filed kind=annual period=2017 to=nobody as_of=#last figures_sha256=@digest | then refused unknown_organization
        when kb-finance report_filed kind=annual period=2017 to=hb-finance as_of=00000000-0000-0000-0000-00000000ffff figures_sha256=@digest | then refused unknown_event
    ";

    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        Misshapen::unless(
            self.period.kind() == self.kind,
            "period is YYYY-Qn for a quarterly report and YYYY for an annual one",
        )
    }

    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        case.organization(self.to)?;
        case.event_seq(self.as_of)?;
        Ok(Movements::none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_a_quarter_or_a_year() {
        for (text, year, quarter) in
            [("2017", 2017, None), ("2000-Q1", 2000, Some(1)), ("2100-Q4", 2100, Some(4))]
        {
            let period = Period::parse(text).unwrap();
            assert_eq!((period.year(), period.quarter()), (year, quarter));
            assert_eq!(period.to_string(), text);
        }
        for wrong in ["", "17", "+017", "1999", "2101", "2017-Q0", "2017-Q5", "2017-Q", "2017-Q11"]
        {
            assert_eq!(Period::parse(wrong), None, "{wrong}");
        }
    }
}
