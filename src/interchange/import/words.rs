//! The words that sheets use for the words of lists: 预拨 for `advance`, 转账 for `transfer`.
//!
//! Only words with one meaning stand here. The lists themselves are the design's, section 5; a
//! word that is missing is refused with the list, never guessed.

use super::super::text::half_width;

/// A list of words: what bodies say, and what sheets say for it.
pub(super) type Words = &'static [(&'static str, &'static [&'static str])];

/// Where a commitment is taken from.
pub(super) const FROM: Words = &[
    ("available", &["可用", "待安排", "未整合", "可用资金"]),
    ("consolidated", &["整合", "已整合", "整合资金", "统筹整合", "已整合待安排"]),
];

/// Kinds of disbursement.
pub(super) const DISBURSEMENT: Words = &[
    ("advance", &["预拨", "预付", "预付款", "预拨款", "预支"]),
    ("payment", &["支付", "付款", "直接支付", "进度款", "结算款", "质保金", "工程款"]),
    ("subsidy_batch", &["补贴", "补贴发放", "补助", "直补", "到户补贴", "subsidy"]),
    ("fee", &["手续费", "银行手续费", "汇费", "fees"]),
];

/// How money is paid.
pub(super) const METHOD: Words = &[
    ("transfer", &["转账", "银行转账", "电汇", "汇款", "网银", "银行汇款"]),
    ("treasury", &["国库", "国库集中支付", "国库支付", "财政直接支付", "财政授权支付", "集中支付"]),
    ("card", &["一卡通", "惠农一卡通", "社保卡", "惠农卡", "存折", "打卡发放"]),
    ("cash", &["现金"]),
];

/// What a disbursement rests on.
pub(super) const BASIS: Words = &[
    ("contract", &["合同", "协议"]),
    ("invoice", &["发票"]),
    ("reimbursement", &["报账", "报账单", "报销单"]),
    ("household_list", &["花名册", "名册", "到户名册", "补贴名册", "农户名册"]),
];

/// The side of a bank's statement that a row stands on. The words are the bank's: its debit is what
/// goes out of the account.
pub(super) const SIDE: Words = &[
    ("in", &["贷", "贷方", "收", "收入", "存入", "来账", "转入", "c", "cr", "credit"]),
    ("out", &["借", "借方", "支", "付", "支出", "付出", "往账", "转出", "d", "dr", "debit"]),
];

/// Kinds of vouchers.
pub(super) const VOUCHER: Words = &[
    ("invoice", &["发票"]),
    ("receipt", &["收据", "收条"]),
    ("wage_list", &["工资表", "工资单", "劳务费发放表"]),
    ("household_list", &["花名册", "名册", "到户名册"]),
    ("other", &["其他", "其它"]),
];

/// Kinds of donors.
pub(super) const DONOR: Words = &[
    ("person", &["个人", "自然人"]),
    ("company", &["企业", "公司", "单位企业"]),
    ("organization", &["社会组织", "组织", "团体", "社会团体", "基金会", "单位"]),
    ("government", &["政府", "机关", "政府机关", "党政机关"]),
    ("crowd", &["众筹", "群众", "集体募捐", "募捐箱"]),
];

/// How a donor wants to be shown.
pub(super) const ANONYMITY: Words = &[
    ("public", &["公开", "实名"]),
    ("alias", &["化名", "昵称", "代号"]),
    ("anonymous", &["匿名", "不公开"]),
];

/// What happens when an intent cannot be met.
pub(super) const FALLBACK: Words = &[
    ("ask", &["征求意见", "询问", "征询捐赠人"]),
    ("refund", &["退回", "退款", "退还"]),
    ("redirect_same_category", &["转同类", "同类项目", "转用同类项目", "同类转用"]),
];

/// Categories of projects, those prohibited for fiscal money last.
pub(super) const CATEGORY: Words = &[
    ("industry", &["产业", "产业扶贫", "产业发展", "特色产业"]),
    ("infrastructure", &["基础设施", "基础设施建设", "道路"]),
    ("relocation", &["易地搬迁", "易地扶贫搬迁", "搬迁"]),
    ("housing", &["住房", "危房改造", "住房安全", "农村危房改造"]),
    ("education", &["教育", "教育扶贫"]),
    ("health", &["健康", "医疗", "健康扶贫", "卫生"]),
    ("employment", &["就业", "就业扶贫", "劳务输出", "培训就业"]),
    ("drinking_water", &["饮水", "饮水安全", "安全饮水"]),
    ("finance", &["金融", "金融扶贫", "小额信贷"]),
    ("ecology", &["生态", "生态扶贫", "生态保护"]),
    ("social_security", &["社会保障", "兜底", "兜底保障", "社会兜底", "低保"]),
    ("project_management", &["项目管理", "项目管理费", "管理费"]),
    ("other", &["其他", "其它"]),
    ("administrative_expenses", &["行政事业支出", "行政经费"]),
    ("vehicles_and_communications", &["交通工具及通讯设备", "交通通讯"]),
    ("bonuses_and_welfare", &["奖金津贴和福利", "奖金福利"]),
    ("enterprise_losses", &["企业亏损", "弥补企业亏损"]),
    ("office_buildings", &["楼堂馆所", "办公用房"]),
    ("budget_gaps_and_debts", &["预算缺口和债务", "偿还债务"]),
    ("large_infrastructure", &["大中型基本建设", "大型基建"]),
    ("urban_works", &["城市建设", "城镇建设"]),
    ("unrelated", &["无关支出"]),
];

/// Yes and no, for columns that only say whether a gift is directed.
const YES: &[&str] = &["yes", "y", "true", "1", "是", "有", "定向", "√", "✓"];
const NO: &[&str] = &["no", "n", "false", "0", "否", "无", "非定向", "不定向", "×", "-", "/", "—"];

/// The body's word for the sheet's; the body's own words are taken as they are.
pub(super) fn find(words: Words, text: &str) -> Option<&'static str> {
    let text = half_width(text).to_lowercase().replace([' ', '\n'], "");
    let english = text.replace('-', "_");
    let found = words.iter().find(|(word, said)| {
        *word == english || word.replace('_', "") == english || said.contains(&text.as_str())
    });
    found.map(|(word, _)| *word)
}

/// What a yes or no says; nothing for any other text.
pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    let text = half_width(text).to_lowercase();
    match text.as_str() {
        it if YES.contains(&it) => Some(true),
        it if NO.contains(&it) => Some(false),
        _ => None,
    }
}

/// The list as a message prints it: each word with the first that sheets use.
pub(super) fn listed(words: Words) -> String {
    let each = words.iter().take(13).map(|(word, said)| format!("{} ({word})", said[0]));
    each.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Words; 9] =
        [FROM, DISBURSEMENT, METHOD, BASIS, VOUCHER, DONOR, ANONYMITY, FALLBACK, CATEGORY];

    #[test]
    fn no_word_means_two_things_within_a_list() {
        for words in ALL {
            for (word, said) in words {
                assert_eq!(find(words, word), Some(*word));
                for it in *said {
                    assert_eq!(find(words, it), Some(*word), "{it}");
                }
            }
        }
    }

    #[test]
    fn words_are_read_in_any_dress_and_never_guessed() {
        let cases = [
            (METHOD, " 转 账 ", Some("transfer")),
            (DISBURSEMENT, "Subsidy Batch", Some("subsidy_batch")),
            (CATEGORY, "DRINKING-WATER", Some("drinking_water")),
            (DISBURSEMENT, "预拨和支付", None),
            (METHOD, "", None),
        ];
        for (words, text, word) in cases {
            assert_eq!(find(words, text), word, "{text}");
        }
        assert_eq!(yes_or_no("YES"), Some(true));
        assert_eq!(yes_or_no("否"), Some(false));
        assert_eq!(yes_or_no("修路"), None);
    }
}
