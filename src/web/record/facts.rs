//! Who, when, on what papers: the facts that stand beside a record's sentence, and why a rule was
//! let past.
//!
//! Nothing here is computed: it is what the record says, in words.

use super::super::desk::words::refusal_title;
use super::super::figures;
use super::super::lang::Lang;
use super::super::reading::Taken;
use serde_json::Value;

/// The facts that stand beside the sentence, each with its label.
pub(super) fn facts(record: &Taken, lang: Lang) -> Vec<(&'static str, String)> {
    let by = |name: &str| record.text(&format!("/event/by/{name}")).to_owned();
    let mut facts =
        vec![(lang.t("业务日期", "Business date"), record.text("/event/business_date").to_owned())];
    if let Some(at) = record.recorded_at() {
        let later = record.date().map_or(0, |day| day.days_until(at.hebei_date()));
        let late = match (later, lang) {
            (0, lang) => lang.t("当天入账", "the same day").to_owned(),
            (days, Lang::Zh) => format!("晚 {}", figures::span(days, lang)),
            (days, Lang::En) => format!("{} later", figures::span(days, lang)),
        };
        let clock = figures::clock(at);
        facts.push((
            lang.t("入账时间", "Recorded"),
            match lang {
                Lang::Zh => format!("{clock}（北京时间），{late}"),
                Lang::En => format!("{clock} (UTC+8), {late}"),
            },
        ));
    }
    let posted = record.text("/posted_by");
    facts.push((
        lang.t("经办/复核", "Maker/checker"),
        match lang {
            Lang::Zh => format!("{} / {}，操作账号 {posted}", by("maker"), by("checker")),
            Lang::En => format!("{} / {}, principal {posted}", by("maker"), by("checker")),
        },
    ));
    if !by("approver").is_empty() {
        facts.push((lang.t("例外批准人", "Approver"), by("approver")));
    }
    for said in exceptions(record, lang) {
        facts.push((lang.t("例外原因", "Exception"), said));
    }
    for (field, zh, en) in
        [("bank_ref", "银行流水", "Bank reference"), ("receipt_no", "收据", "Receipt")]
    {
        if !record.data(field).is_empty() {
            facts.push((lang.t(zh, en), record.data(field).to_owned()));
        }
    }
    if !record.text("/event/note").is_empty() {
        facts.push((lang.t("备注", "Note"), record.text("/event/note").to_owned()));
    }
    facts
}

/// The rules that a record was let past, each in words, with the reason that was given.
pub fn exceptions(record: &Taken, lang: Lang) -> Vec<String> {
    let all = record.at("/event/data/exceptions").and_then(Value::as_array);
    let text = |one: &Value, name: &str| {
        one.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let said = |one: &Value| {
        let rule = refusal_title(&text(one, "code"), lang);
        let rule = rule.trim_end_matches(['。', '.']);
        format!("{rule}{}{}", lang.t("；原因：", "; reason: "), text(one, "reason"))
    };
    all.into_iter().flatten().map(said).collect()
}
