//! Refusals in the words of a clerk: what is wrong, what one can do, at which field.
//!
//! The rules' own sentences are English and stand beside in small, with the code; a test holds the
//! table to the list of codes.

use crate::access::posting::{Code, Type};
use crate::interchange::import::chinese;
use crate::interchange::money::MoneyError;
use crate::ledger::telling::Told;
use crate::web::lang::Lang;

/// What each code is in Chinese, in order of precedence.
const TITLES: &[(&str, &str)] = &[
    ("malformed", "单子没有填对"),
    ("personal_data", "备注里有身份证号或手机号。请删掉"),
    ("unknown_type", "没有这种业务"),
    ("amount_out_of_range", "金额超出范围"),
    ("not_authorised", "这个账号不能记这类业务，或不属于这个县"),
    ("id_conflict", "这张单子的编号已用于另一笔"),
    ("signature_required", "本单位的业务要签名，请用命令行签名后提交"),
    ("signature_invalid", "签名不对，或钥匙已停用"),
    ("head_unknown", "您核对过的校验码不是这本账的"),
    ("expired", "已过最迟入账时间"),
    ("unknown_jurisdiction", "没有这个行政区划代码"),
    ("same_maker_and_checker", "经办和复核不能是同一人"),
    ("document_missing", "缺文件：请填文件号，选文件原件"),
    ("date_in_future", "业务日期在今天之后"),
    ("duplicate_bank_reference", "银行流水已经用过"),
    ("duplicate_voucher", "发票（凭证）金额已经用完"),
    ("already_known", "账上已经有了"),
    ("unknown_lot", "没有这一批资金"),
    ("unknown_project", "没有这个项目"),
    ("unknown_plan", "没有这个整合方案"),
    ("unknown_organization", "没有登记这个单位"),
    ("unknown_custodian", "没有登记这个善款管理单位"),
    ("unknown_principal", "没有这个操作账号或见证人"),
    ("unknown_pairing", "没有这个结对关系"),
    ("unknown_pledge", "没有这笔认捐"),
    ("unknown_finding", "没有这个问题编号"),
    ("unknown_event", "没有所指的那笔业务"),
    ("unknown_policy", "没有这个参数"),
    ("wrong_stage", "项目（或事项）还没到这一步，或已过这一步"),
    ("not_subordinate", "对方不是下级地区"),
    ("not_consolidatable", "这笔钱不能整合，或方案里没有这一项"),
    ("not_for_gifts", "捐赠和社会帮扶资金不走这条路"),
    ("gift_not_alone", "这笔捐赠有查询码，要单独记一条"),
    ("not_holder", "这笔钱由别的单位管理"),
    ("source_not_approved", "批复里没有这种资金来源"),
    ("purpose_violated", "这笔钱的规定用途不含这个项目"),
    ("intent_violated", "违背捐赠意愿：请先征得捐赠人同意并登记"),
    ("prohibited_category", "财政扶贫资金不得用于这类支出"),
    ("still_in_poverty", "受帮扶县还没有脱贫，也没有别的结对"),
    ("not_a_poor_county", "只有贫困县可以整合资金"),
    ("no_live_pairing", "业务日期那天没有有效的结对关系"),
    ("not_independent", "项目单位自己或运营方不能办这件事"),
    ("not_own_finding", "这个问题不归本单位办"),
    ("plan_version", "方案版本应比上一版大一"),
    ("not_reversible", "这条记录不能冲正"),
    ("period_not_over", "这个月还没有完"),
    ("earlier_period_open", "前面的月份还没有结账"),
    ("receipt_not_voided", "原收据还有效，请先写明作废哪一张"),
    ("notice_too_short", "公示天数不够"),
    ("policy_out_of_range", "数值超出范围，或比上级定的宽"),
    ("budget_exceeded", "超出预算"),
    ("plan_exceeded", "超出整合方案"),
    ("above_approved", "超出批复"),
    ("advance_above_cap", "预拨超限"),
    ("fee_above_cap", "手续费超限"),
    ("above_allocated", "超出下达给它的数"),
    ("above_ordered", "超出应退的数"),
    ("below_received", "比已收到的还少"),
    ("below_used", "比已使用的还少"),
    ("exception_not_needed", "没有违反这条规则，不用按例外入账"),
    ("figures_differ", "填的数与账上不符"),
    ("date_before_origin", "业务日期早于它所依据的业务"),
    ("period_closed", "这个月已经结账"),
    ("insufficient_funds", "余额不足"),
    ("funds_moved_on", "钱已经转到下一步，请先撤回后面的业务"),
    ("project_not_settled", "项目还有已安排或已预拨的钱没结清"),
    ("storage_full", "存储已满，没有记上"),
    ("batch_too_large", "一次提交太多，请分开"),
    ("record_too_large", "这一条太长，请拆开"),
    ("retry", "还不知道记上没有；请再按一次，不会重复"),
];

/// What one can do about a refusal, by its code: Chinese and English.
const WAYS: &[(&str, &str, &str)] = &[
    (
        "insufficient_funds",
        "钱已经付出去了？余额规则没有例外；请先补记安排资金或下达。",
        "Already paid? There is no exception to this rule: record the commitment or allocation first.",
    ),
    (
        "duplicate_bank_reference",
        "一次转账付了几笔？每笔都填“整笔转账金额”。",
        "One transfer for several events? State the whole transfer in each.",
    ),
    ("gift_not_alone", "一笔捐赠记一条，其余另记。", "Record this gift alone, the rest apart."),
    (
        "intent_violated",
        "先问捐赠人，再记“捐赠意愿变更”。",
        "Ask the donor, then record the amended wish.",
    ),
    (
        "above_approved",
        "先由扶贫办记项目变更（调整批复金额）。",
        "Have the poverty office record the changed approval first.",
    ),
    (
        "period_closed",
        "用还开着的日期，或请上级重开这个月。",
        "Use an open date, or have the month reopened.",
    ),
    (
        "wrong_stage",
        "先由扶贫办记批复、验收等业务，再记这一笔。",
        "Have the earlier step (approval, acceptance) recorded first.",
    ),
    (
        "unknown_organization",
        "先登记这个单位；个人请用 p- 开头的编号。",
        "Register the organization first; a person is a reference that begins with p-.",
    ),
    (
        "receipt_not_voided",
        "先记“开具收据”，写明作废哪一张（或换开一张金额对的）。",
        "Record a receipt that names the one it voids, for the right sum, first.",
    ),
    (
        "duplicate_voucher",
        "一张票据分几次用？填“票面金额”，每次只填用掉的部分。",
        "One voucher in parts? State its face, and in each event the part that is used.",
    ),
    (
        "source_not_approved",
        "换一批批复里有的资金，或先由扶贫办改批复的资金来源。",
        "Use a lot of an approved fund, or have the approved sources changed first.",
    ),
    ("purpose_violated", "换一批用途相符的资金。", "Use a lot whose purpose covers this project."),
    (
        "advance_above_cap",
        "先请施工单位报账，核销以前的预拨。",
        "Have the unit account for earlier advances first.",
    ),
    (
        "same_maker_and_checker",
        "请另一个人复核，填他的编号。",
        "Have another person check it, and give that reference.",
    ),
    (
        "personal_data",
        "人用 p- 开头的编号，姓名和证件号留在账外。",
        "A person is a reference that begins with p-; names and numbers stay outside.",
    ),
    ("date_in_future", "填实际发生的那一天。", "Give the day on which it happened."),
    (
        "not_authorised",
        "由管这件事的单位记，或请运行单位授权。",
        "Let the body in charge post it, or ask the operator for a grant.",
    ),
    ("not_holder", "由管这笔钱的单位记。", "Let the body that holds the money post it."),
    (
        "funds_moved_on",
        "先冲正或退回后面的业务，再来记这一笔。",
        "Reverse or return the later events first.",
    ),
    (
        "document_missing",
        "在“依据文件”里填文号，选文件原件。",
        "Give the document’s number and choose its file.",
    ),
];

/// A refusal's title.
pub fn refusal_title(code: &str, lang: Lang) -> String {
    let zh = TITLES.iter().find(|(known, _)| *known == code).map(|(_, title)| *title);
    let en = Code::parse(code).map(|code| code.sentence());
    lang.t(zh.unwrap_or(code), en.unwrap_or(code)).to_owned()
}

/// What one can do about a refusal, beside changing the field that it names: at most two sentences.
pub fn ways_out(code: Code, lang: Lang) -> Vec<String> {
    let ways = WAYS.iter().filter(|(known, ..)| *known == code.code());
    let mut ways: Vec<String> = ways.map(|(_, zh, en)| lang.t(zh, en).to_owned()).collect();
    if code.yields() {
        let way = lang.t(
            "事情已经办了？填下面的例外：原因和批准人，会在各页公开标明。",
            "Already done? Fill in the exception below: reason and approver; it is shown everywhere.",
        );
        ways.push(way.to_owned());
    }
    ways
}

/// The events that may have to be recorded before the refused one, the likeliest first.
pub fn earlier_form(code: Code) -> &'static [Type] {
    match code.code() {
        "insufficient_funds" => &[Type::FundsCommitted, Type::AllocationMade, Type::FundsReceived],
        "above_approved" => &[Type::ProjectChanged],
        "wrong_stage" | "source_not_approved" => &[Type::ProjectApproved],
        "unknown_project" => &[Type::ProjectAdmitted],
        "unknown_organization" => &[Type::OrganizationRegistered],
        "intent_violated" => &[Type::IntentAmended],
        "unknown_lot" => &[Type::FundsReceived, Type::DonationReceived],
        "unknown_plan" | "plan_exceeded" => &[Type::ConsolidationPlanFiled],
        "budget_exceeded" => &[Type::BudgetAdjusted, Type::BudgetAdopted],
        _ => &[],
    }
}

/// The field that a refusal is about, where it is one.
pub fn field_of(told: &Told, lot_at: impl Fn(&str) -> Option<usize>) -> Option<String> {
    let details = told.details.as_ref()?;
    let about = details.about.as_deref().unwrap_or_default();
    if about.starts_with("data.") || about.starts_with("by.") || about.starts_with("docs[") {
        let path = about.split([' ', ':']).next().unwrap_or_default();
        return Some(path.replace('[', ".").replace(']', ""));
    }
    let row = details.lot.as_deref().and_then(&lot_at);
    let named = match told.code?.code() {
        "insufficient_funds" => {
            return Some(row.map_or("data.amount_fen".to_owned(), |row| {
                format!("data.lots.{row}.amount_fen")
            }));
        }
        "unknown_lot" | "gift_not_alone" | "not_holder" | "intent_violated" => {
            let lot = about.strip_prefix("lot ").and_then(&lot_at).or(row);
            return Some(lot.map_or("data.lot".to_owned(), |row| format!("data.lots.{row}.lot")));
        }
        "unknown_project" | "wrong_stage" | "above_approved" => "data.project",
        "unknown_organization" => "data.payee",
        "duplicate_bank_reference" => "data.bank_ref",
        "same_maker_and_checker" => "by.checker",
        "document_missing" => "docs.0.number",
        "date_in_future" | "date_before_origin" | "period_closed" => "business_date",
        "unknown_jurisdiction" | "not_authorised" => "jurisdiction",
        "unknown_plan" => "data.plan",
        "personal_data" => "note",
        _ => return None,
    };
    Some(named.to_owned())
}

/// Why a figure is no amount of yuan.
pub fn money(error: &MoneyError, lang: Lang) -> String {
    match lang {
        Lang::Zh => chinese::money(error),
        Lang::En => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_words_in_order() {
        let codes: Vec<&str> = Code::ALL.iter().map(|code| code.code()).collect();
        let known: Vec<&str> = TITLES.iter().map(|(code, _)| *code).collect();
        assert_eq!(known, codes);
    }
}
