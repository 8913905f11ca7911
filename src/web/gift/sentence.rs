//! The one sentence that says what became of a gift (pages design, section 6).
//!
//! It calls used what was used and nothing else: what was given back is said to be given back, and
//! silence about what is planned is named.

use super::super::figures;
use super::super::lang::Lang;
use crate::base::Date;

/// What the sentence is made of; amounts are whole texts with their unit, none where there is none.
pub(super) struct Facts {
    /// The language.
    pub lang: Lang,
    /// Who holds the gift.
    pub holder: String,
    /// Was its receipt reversed?
    pub is_reversed: bool,
    /// Used.
    pub used: Option<String>,
    /// Left.
    pub left: Option<String>,
    /// Given back.
    pub refunded: Option<String>,
    /// What it was used for.
    pub names: String,
    /// Is all of that accepted?
    pub is_accepted: bool,
    /// By when the donor is to hear what is planned, and whether that day is past.
    pub plan_due: Option<(Date, bool)>,
}

/// The sentence.
pub(super) fn say(facts: &Facts) -> String {
    let lang = facts.lang;
    if facts.is_reversed {
        let zh = "这笔收款已经被更正，账上不再有它。请问管钱单位。";
        let en = "The receipt of this gift was reversed: it stands in the ledger no more.";
        return lang.t(zh, en).to_owned();
    }
    let Some(used) = &facts.used else { return unused(facts) };
    let names = &facts.names;
    let done = match (lang, facts.is_accepted) {
        (Lang::Zh, true) => format!("已用的 {used}用于{names}，项目已验收。"),
        (Lang::Zh, false) => format!("已用的 {used}用于{names}。"),
        (Lang::En, true) => format!("{used} was used for {names}, now accepted. "),
        (Lang::En, false) => format!("{used} was used for {names}. "),
    };
    let rest = match (lang, &facts.left, &facts.refunded) {
        (Lang::Zh, Some(left), _) => format!("还剩 {left}，仍留着按您的约定用。"),
        (Lang::En, Some(left), _) => format!("{left} is left, reserved for your wish."),
        (Lang::Zh, None, Some(back)) => format!("其余 {back}已经退还给您。"),
        (Lang::En, None, Some(back)) => format!("The other {back} was given back to you."),
        (Lang::Zh, None, None) => "已经全部用完。".to_owned(),
        (Lang::En, None, None) => "Nothing is left.".to_owned(),
    };
    done + &rest
}

fn unused(facts: &Facts) -> String {
    let (lang, holder) = (facts.lang, &facts.holder);
    let Some(left) = &facts.left else {
        let (zh, en) =
            ("没有使用，已经全部退还给您。", "Not used: all of it was given back to you.");
        return lang.t(zh, en).to_owned();
    };
    let by = facts.plan_due.map(|(day, is_past)| (figures::day(day, lang), is_past));
    match (lang, by) {
        (Lang::Zh, Some((day, false))) => {
            format!("还没有使用。{holder}最晚应在 {day}前告诉您打算怎么用。")
        }
        (Lang::En, Some((day, false))) => {
            format!("Not used yet. {holder} must tell you by {day} what is planned.")
        }
        (Lang::Zh, Some((day, true))) => {
            format!("还没有使用。{holder}应在 {day}前告诉您打算怎么用，到现在还没有。")
        }
        (Lang::En, Some((day, true))) => {
            format!("Not used yet. {holder} was to tell you by {day} what is planned, and has not.")
        }
        (Lang::Zh, None) => format!("还没有使用。{left}都在{holder}，留着按您的约定用。"),
        (Lang::En, None) => {
            format!("Not used yet. {left} lies with {holder}, reserved for your wish.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(
        lang: Lang,
        used: &str,
        left: &str,
        refunded: &str,
        due: Option<(&str, bool)>,
    ) -> String {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        say(&Facts {
            lang,
            holder: "示例慈善会".to_owned(),
            is_reversed: false,
            used: some(used),
            left: some(left),
            refunded: some(refunded),
            names: "村路".to_owned(),
            is_accepted: false,
            plan_due: due.map(|(day, is_past)| (Date::parse(day).unwrap(), is_past)),
        })
    }

    #[test]
    fn what_was_given_back_is_never_called_used() {
        let (zh, en) = (Lang::Zh, Lang::En);
        assert_eq!(
            said(zh, "2 元", "", "1 元", None),
            "已用的 2 元用于村路。其余 1 元已经退还给您。"
        );
        assert_eq!(said(zh, "3 元", "", "", None), "已用的 3 元用于村路。已经全部用完。");
        let partly = said(en, "¥2", "", "¥1", None);
        assert_eq!(partly, "¥2 was used for 村路. The other ¥1 was given back to you.");
        assert_eq!(said(zh, "", "", "3 元", None), "没有使用，已经全部退还给您。");
    }

    #[test]
    fn of_an_unused_gift_it_says_by_when_one_hears_what_is_planned() {
        let open = said(Lang::Zh, "", "3 元", "", Some(("2018-01-15", false)));
        assert_eq!(open, "还没有使用。示例慈善会最晚应在 2018年1月15日前告诉您打算怎么用。");
        let past = said(Lang::En, "", "¥3", "", Some(("2018-01-15", true)));
        assert!(past.ends_with("by 15 Jan 2018 what is planned, and has not."), "{past}");
    }
}
