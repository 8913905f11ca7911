//! What rules of inspection point at, in words: rules, their figures, what else is to be said of a
//! hit, and the rules that an exception broke.
//!
//! The words themselves are declared once, where each list stands; here is only the way to them.

use crate::access::Register;
use crate::base::words::{Unit, figure_label};
use crate::ledger::live::Views;
use crate::projections::Fund;
use crate::projections::inspect::{Figure, Hit, RuleKey};
use crate::projections::words;
use crate::web::desk::words::refusal_title;
use crate::web::figures;
use crate::web::lang::Lang;

/// A rule as findings name it: a key, a number, or the person's own words.
pub fn rule(lang: Lang, text: &str) -> String {
    match RuleKey::find(text) {
        Some(key) => match key.number() {
            Some(number) => format!("{number} {}", lang.label(key.label())),
            None => lang.label(key.label()).to_owned(),
        },
        None if text == BY_HAND => lang.t("人工发现", "Found by people").to_owned(),
        None => match OTHERS.iter().find(|(number, _, _)| *number == text) {
            Some((number, zh, en)) => format!("{number} {}", lang.t(zh, en)),
            None => text.to_owned(),
        },
    }
}

/// Rules that supervision's papers number and that no record alone can answer; people name them in
/// findings all the same.
const OTHERS: [(&str, &str, &str); 8] = [
    ("R03", "拨付慢", "Slow to pay out"),
    ("R04", "结转两年未收回", "Carried over and not recalled"),
    ("R06", "超范围", "Outside its area"),
    ("R15", "非贫困户受益", "Paid to households not poor"),
    ("R16", "应享未享、平均主义", "Due households left out"),
    ("R17", "与其他部门数据不符", "Contradicted by other registers"),
    ("R26", "违背捐赠意愿", "Against the donor’s wish"),
    ("R33", "职责不分离", "Duties not separated"),
];

/// What a finding names as its rule where people found it without one.
pub const BY_HAND: &str = "manual";

/// The figures of a hit, the limit among them.
pub fn figures(lang: Lang, of: &[Figure]) -> String {
    let told = of.iter().map(|one| figure(lang, one));
    told.collect::<Vec<_>>().join(lang.t("，", ", "))
}

fn figure(lang: Lang, one: &Figure) -> String {
    let Some((unit, label)) = figure_label(&one.name) else {
        return format!("{} {}", one.name, figures::count(one.value));
    };
    let value = match unit {
        Unit::Days => match i32::try_from(one.value) {
            Ok(days) => figures::span(days, lang),
            Err(_) => figures::count(one.value),
        },
        Unit::BasisPoints => figures::percent(Some(one.value.into())),
        Unit::Fen => format!("{} {}", figures::yuan(one.value), lang.t("元", "yuan")),
        Unit::Count => figures::count(one.value),
        Unit::Year => one.value.to_string(),
        Unit::Truth if one.value == 0 => lang.t("否", "no").to_owned(),
        Unit::Truth => lang.t("是", "yes").to_owned(),
    };
    format!("{} {value}", lang.label(label))
}

/// What else is said of a hit, in words.
pub fn about(lang: Lang, hit: &Hit, views: &Views<Register>) -> Option<String> {
    let text = hit.about.as_deref()?;
    let project = |id: &str| views.names.projects.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let led = |zh: &str, en: &str, rest: String| format!("{} {rest}", lang.t(zh, en));
    let several = |of: &dyn Fn(&str) -> String| {
        text.split(", ").map(of).collect::<Vec<_>>().join(lang.t("、", ", "))
    };
    Some(match hit.rule {
        RuleKey::AbovePlan | RuleKey::PlanUnkept => {
            led("整合方案", "consolidation plan", text.to_owned())
        }
        RuleKey::AdmittedTwice => led("与项目", "like project", project(text)),
        RuleKey::ClaimedTwice => led("另见项目", "see project", project(text)),
        RuleKey::ManagementFee => several(&project),
        RuleKey::BeforeApproval | RuleKey::LateRecord => {
            words::event(text).map_or(text, |label| lang.label(label)).to_owned()
        }
        RuleKey::Exceptions => several(&|code| refusal_title(code, lang)),
        RuleKey::ProhibitedUse => match words::word("", "category", text) {
            Some(label) => lang.label(label).to_owned(),
            None => refusal_title(text, lang),
        },
        RuleKey::FilingsMissing => paper(lang, text),
        RuleKey::FromAbove => {
            Fund::parse(text).map_or(text, |it| lang.label(it.label())).to_owned()
        }
        RuleKey::ReversedAfterFinding => led("问题", "finding", text.to_owned()),
        _ => text.to_owned(),
    })
}

/// A plan or report that is to be filed: its kind, then its year or quarter.
fn paper(lang: Lang, text: &str) -> String {
    let Some((kind, of)) = text.split_once(' ') else { return text.to_owned() };
    let label = words::word("document_filed", "kind", kind);
    let label = label.or_else(|| words::word("report_filed", "kind", kind));
    format!("{} {of}", label.map_or(kind, |label| lang.label(label)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::borrow::Cow;

    #[test]
    fn figures_read_in_their_units_and_rules_by_their_names() {
        let one = |name: &'static str, value| Figure { name: Cow::Borrowed(name), value };
        let hit = [
            one("days", 400),
            one("share_bp", 8_225),
            one("limit_fen", 5_000_050),
            one("filed", 0),
            one("year", 2017),
        ];
        assert_eq!(
            figures(Lang::Zh, &hit),
            "天数 400 天，占比 82.25%，界限 50,000.50 元，已补报 否，年度 2017"
        );
        assert_eq!(
            figures(Lang::En, &hit),
            "days 400 days, share 82.25%, limit 50,000.50 yuan, filed since no, year 2017"
        );
        assert_eq!(rule(Lang::Zh, "R01"), "R01 资金闲置");
        assert_eq!(rule(Lang::En, "circular_flow"), "Circular flow");
        assert_eq!(rule(Lang::Zh, "manual"), "人工发现");
        assert_eq!(rule(Lang::Zh, "R03"), "R03 拨付慢");
        assert_eq!(rule(Lang::Zh, "X9"), "X9", "a rule that is not ours stands as it was named");
        assert!(OTHERS.iter().all(|(number, _, _)| RuleKey::find(number).is_none()));
        assert_eq!(paper(Lang::Zh, "quarterly 2017-Q2"), "季报 2017-Q2");
        assert_eq!(paper(Lang::En, "annual_plan 2017"), "Annual plan 2017");
    }
}
