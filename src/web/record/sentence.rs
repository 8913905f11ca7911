//! One sentence for each type of event and language: the fact, as one would say it.
//!
//! Braces name what is filled in: `{by}` who stands behind it, `{here}` where, `{sum}` what it
//! moved, `{lots}` of which lots; else a field of the event's data, with how it is read before a
//! colon: `org` and `place` and `project` by their names, `word` by its label, `fen` as yuan, `bp`
//! as a percentage, `count` as a figure, `limit` in the unit of its policy. What is not there reads
//! as nothing.

use super::Naming;

/// Type, Chinese, English. A test holds it complete, and its fields to the schemas.
pub const SENTENCES: &[(&str, &str, &str)] = &[
    (
        "ledger_opened",
        "账本 {origin} 由此开始，公钥是 {vkey}。",
        "The ledger {origin} begins here; its key is {vkey}.",
    ),
    (
        "ledger_continued",
        "账本从 {from_origin} 的第 {count:size} 条之后接着记，改用新名称 {origin}，原因：{reason}。",
        "The ledger goes on behind record {count:size} of {from_origin} as {origin}: {reason}.",
    ),
    ("log_key_changed", "账本换用新公钥 {vkey}。", "The ledger changes its key to {vkey}."),
    (
        "witness_registered",
        "{org:org}的见证人 {name} 登记，公钥是 {vkey}。",
        "The witness {name} of {org:org} is registered with the key {vkey}.",
    ),
    (
        "witness_retired",
        "见证人 {name} 停用，原因：{reason}。",
        "The witness {name} is retired: {reason}.",
    ),
    (
        "jurisdiction_registered",
        "{name}（{code}）登记为行政区划，{word:poverty_status}。",
        "{name} ({code}) is registered as a jurisdiction: {word:poverty_status}.",
    ),
    (
        "jurisdiction_renamed",
        "{place:code}从 {effective} 起改称{name}。",
        "{place:code} is called {name} from {effective} on.",
    ),
    (
        "poverty_status_changed",
        "{place:code}从 {effective} 起由{word:from}变为{word:to}。",
        "{place:code} changes from {word:from} to {word:to} on {effective}.",
    ),
    (
        "organization_registered",
        "{name}登记为{word:kind}，在{place:jurisdiction}。",
        "{name} is registered as {word:kind} in {place:jurisdiction}.",
    ),
    (
        "principal_registered",
        "{org:org}的操作账号 {principal} 登记，角色是{word:role}，范围是{place:scope}。",
        "The principal {principal} of {org:org} is registered: {word:role}, for {place:scope}.",
    ),
    (
        "principal_key_changed",
        "操作账号 {principal} 换用公钥 {public_key}。",
        "The principal {principal} changes its key to {public_key}.",
    ),
    (
        "principal_revoked",
        "操作账号 {principal} 停用，原因：{reason}。",
        "The principal {principal} is revoked: {reason}.",
    ),
    (
        "policy_set",
        "{by}为{here}规定：{word:key}是 {limit:value}，从 {effective_from} 起，依据{source}。",
        "{by} sets for {here}: {word:key} is {limit:value} from {effective_from}, by {source}.",
    ),
    (
        "pairing_declared",
        "{org:helper}与{place:helped}结对帮扶，协议是{agreement}。",
        "{org:helper} is paired with {place:helped} under {agreement}.",
    ),
    ("pairing_ended", "结对 {pairing} 结束。", "The pairing {pairing} ends."),
    ("document_filed", "{by}报备{word:kind}，年度 {year}。", "{by} files: {word:kind}, {year}."),
    (
        "budget_adopted",
        "{by}批准 {fiscal_year} 年预算：{word:fund} {fen:amount_fen}。",
        "{by} adopts the budget of {fiscal_year}: {word:fund} {fen:amount_fen}.",
    ),
    (
        "budget_adjusted",
        "{by}把 {fiscal_year} 年的{word:fund}预算从 {fen:from_fen} 调整到 {fen:to_fen}。",
        "{by} adjusts the budget of {fiscal_year} for {word:fund} from {fen:from_fen} to {fen:to_fen}.",
    ),
    (
        "funds_received",
        "{here}收到{word:fund} {fen:amount_fen}，来自 {provider}，批次是 {lot}，年度 {fiscal_year}。",
        "{here} receives {fen:amount_fen} of {word:fund} from {provider}: lot {lot} of {fiscal_year}.",
    ),
    (
        "allocation_made",
        "{by}把批次 {lot} 的 {fen:amount_fen} 下达给{place:to}。",
        "{by} allocates {fen:amount_fen} of lot {lot} to {place:to}.",
    ),
    (
        "allocation_recalled",
        "{by}从{place:from}收回批次 {lot} 的 {fen:amount_fen}，原因：{reason}。",
        "{by} recalls {fen:amount_fen} of lot {lot} from {place:from}: {reason}.",
    ),
    (
        "funds_withdrawn",
        "{by}从{word:from}核减或上缴批次 {lot} 的 {fen:amount_fen}，原因：{word:reason}。",
        "{by} withdraws {fen:amount_fen} of lot {lot} from {word:from}: {word:reason}.",
    ),
    (
        "surplus_declared",
        "{project:project}剩下的 {sum} 转为{here}的结余。",
        "{sum} that {project:project} did not need becomes surplus of {here}.",
    ),
    (
        "surplus_released",
        "{here}的结余 {sum} 重新等待安排。",
        "{sum} of surplus of {here} can be arranged again.",
    ),
    (
        "consolidation_plan_filed",
        "{by}报备 {fiscal_year} 年统筹整合方案 {plan}，第 {count:version} 版。",
        "{by} files version {count:version} of the consolidation plan {plan} for {fiscal_year}.",
    ),
    (
        "funds_consolidated",
        "{by}把 {lots} 的 {sum} 整合到方案 {plan}。",
        "{by} consolidates {sum} of {lots} under the plan {plan}.",
    ),
    (
        "consolidation_released",
        "{by}把 {lots} 的 {sum} 从方案 {plan} 退出整合。",
        "{by} releases {sum} of {lots} from the plan {plan}.",
    ),
    (
        "project_admitted",
        "{name}入库，{word:category}，由{org:unit}实施，估算 {fen:estimate_fen}，受益 {count:households} 户。",
        "{name} enters the library: {word:category}, by {org:unit}, estimated at {fen:estimate_fen}, for {count:households} households.",
    ),
    (
        "project_approved",
        "{by}批复{project:project}，总额 {fen:approved_fen}。",
        "{by} approves {project:project} at {fen:approved_fen}.",
    ),
    (
        "project_changed",
        "{by}变更{project:project}，原因：{reason}。",
        "{by} changes {project:project}: {reason}.",
    ),
    (
        "progress_certified",
        "{org:certifier}认定{project:project}的进度是 {bp:progress_bp}。",
        "{org:certifier} certifies that {project:project} is {bp:progress_bp} complete.",
    ),
    ("project_accepted", "{project:project}验收合格。", "{project:project} is accepted."),
    ("project_closed", "{project:project}结清。", "{project:project} is closed."),
    (
        "project_cancelled",
        "{project:project}取消，原因：{reason}。",
        "{project:project} is cancelled: {reason}.",
    ),
    (
        "project_reopened",
        "{project:project}重开，原因：{reason}。",
        "{project:project} is reopened: {reason}.",
    ),
    (
        "funds_committed",
        "{by}从{word:from}里把 {lots} 的 {sum} 安排给{project:project}。",
        "{by} commits {sum} of {lots} ({word:from}) to {project:project}.",
    ),
    (
        "commitment_released",
        "{by}把{project:project}没用的 {sum} 退回{word:to}。",
        "{by} releases {sum} from {project:project} to {word:to}.",
    ),
    (
        "disbursement_made",
        "{by}从 {lots} 里付给{org:payee} {sum}（{word:kind}），用于{project:project}。依据{word:basis/kind} {basis/number}，{word:method}。",
        "{by} pays {sum} of {lots} to {org:payee} ({word:kind}) for {project:project}, by {word:basis/kind} {basis/number}, {word:method}.",
    ),
    (
        "reimbursement_accepted",
        "{org:unit}凭票据报账 {sum}，用于{project:project}。",
        "{org:unit} accounts for {sum} spent on {project:project}.",
    ),
    (
        "disbursement_returned",
        "{project:project}已付的钱退回 {sum}，原因：{reason}。",
        "{sum} paid for {project:project} comes back: {reason}.",
    ),
    (
        "spending_substituted",
        "{project:project}归垫：先垫付的钱换成上级资金。",
        "In {project:project} money that bridged is replaced by money from above.",
    ),
    (
        "donation_pledged",
        "{donor} 认捐 {fen:amount_fen}，编号 {pledge}。",
        "{donor} pledges {fen:amount_fen}: {pledge}.",
    ),
    (
        "donation_received",
        "{org:custodian}收到一笔捐赠 {fen:amount_fen}，批次是 {lot}。",
        "{org:custodian} receives a gift of {fen:amount_fen}: lot {lot}.",
    ),
    (
        "receipt_issued",
        "{by}为捐赠 {lot} 开出收据 {receipt_no}，{fen:amount_fen}。",
        "{by} issues the receipt {receipt_no} over {fen:amount_fen} for the gift {lot}.",
    ),
    (
        "lookup_replaced",
        "捐赠 {lot} 的查询码换了，旧码作废。",
        "The look-up code of the gift {lot} is replaced; the old one opens nothing.",
    ),
    (
        "intent_amended",
        "捐赠 {lot} 的心愿改了，只对还没安排的钱有效。",
        "The wish of the gift {lot} is amended, for what is not arranged yet.",
    ),
    (
        "donation_refunded",
        "{by}把捐赠 {lot} 的 {fen:amount_fen} 退还捐赠人，原因：{word:reason}。",
        "{by} gives {fen:amount_fen} of the gift {lot} back: {word:reason}.",
    ),
    (
        "feedback_sent",
        "{by}告诉捐赠人（{word:kind}，{word:channel}）：收到 {fen:received_fen}，已用 {fen:used_fen}，还剩 {fen:remaining_fen}。",
        "{by} tells the giver ({word:kind}, {word:channel}): received {fen:received_fen}, used {fen:used_fen}, left {fen:remaining_fen}.",
    ),
    ("feedback_acknowledged", "捐赠人说收到了反馈。", "The giver acknowledges the feedback."),
    (
        "feedback_disputed",
        "捐赠人对反馈有疑问，应当答复。",
        "The giver disputes the feedback; a reply is owed.",
    ),
    (
        "disclosure_published",
        "{by}公示{word:subject/kind} {subject/id}，{word:level}{word:channel}，在{place}，{from} 至 {until}。",
        "{by} shows {word:subject/kind} {subject/id} ({word:level}, {word:channel}) at {place} from {from} until {until}.",
    ),
    (
        "report_filed",
        "{by}上报{word:kind}，期间 {period}，报给{org:to}。",
        "{by} files: {word:kind}, {period}, to {org:to}.",
    ),
    (
        "finding_raised",
        "{by}提出问题 {finding}（{word:severity}）：{text}",
        "{by} raises the finding {finding} ({word:severity}): {text}",
    ),
    (
        "finding_answered",
        "{by}答复问题 {finding}：{text}",
        "{by} answers the finding {finding}: {text}",
    ),
    (
        "rectification_ordered",
        "{by}要求在 {due} 前整改问题 {finding}：{text}",
        "{by} orders the finding {finding} to be put right by {due}: {text}",
    ),
    (
        "rectification_completed",
        "{by}报告问题 {finding} 已整改：{text}",
        "{by} reports the finding {finding} put right: {text}",
    ),
    (
        "finding_closed",
        "{by}了结问题 {finding}（{word:outcome}）：{text}",
        "{by} closes the finding {finding} ({word:outcome}): {text}",
    ),
    (
        "case_transferred",
        "{by}把问题 {finding} 移送 {to_body}。",
        "{by} transfers the case of the finding {finding} to {to_body}.",
    ),
    (
        "verification_filed",
        "{by}核过整本账的前 {count:size} 条，结论：{word:verdict}。",
        "{by} verified the first {count:size} records of the ledger: {word:verdict}.",
    ),
    (
        "recovery_ordered",
        "{by}就问题 {finding} 要求{org:debtor}退回 {sum}，项目是{project:project}。",
        "{by} orders {org:debtor} to pay {sum} back under the finding {finding}, for {project:project}.",
    ),
    ("funds_recovered", "追回 {lots} 的 {sum}。", "{sum} of {lots} is recovered."),
    (
        "recovery_reduced",
        "应追回的 {lots} 减少 {sum}，原因：{word:reason}。",
        "What is to be recovered of {lots} is reduced by {sum}: {word:reason}.",
    ),
    (
        "entry_reversed",
        "{by}冲正前面的一笔，原因：{reason}。",
        "{by} reverses an earlier entry: {reason}.",
    ),
    ("period_closed", "{by}把 {period} 的账结了。", "{by} closes the month {period}."),
    (
        "period_reopened",
        "{by}重新打开 {period} 的账，原因：{reason}。",
        "{by} reopens the month {period}: {reason}.",
    ),
];

/// The sentence of a type, Chinese and English.
pub fn template(kind: &str) -> Option<(&'static str, &'static str)> {
    SENTENCES.iter().find(|(name, ..)| *name == kind).map(|(_, zh, en)| (*zh, *en))
}

/// What a template asks to be filled in, in order: how it is read, and the field.
pub fn holes(template: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    template.split('{').skip(1).filter_map(|rest| {
        let (hole, _) = rest.split_once('}')?;
        Some(hole.split_once(':').unwrap_or(("", hole)))
    })
}

/// The sentence of a record.
pub(super) fn say(naming: &Naming<'_>) -> String {
    let record = naming.record;
    let Some((zh, en)) = template(record.kind()) else { return record.kind().to_owned() };
    let mut said = String::new();
    for (at, piece) in naming.lang.t(zh, en).split('{').enumerate() {
        let Some((hole, rest)) = piece.split_once('}').filter(|_| at > 0) else {
            said += piece;
            continue;
        };
        let (how, field) = hole.split_once(':').unwrap_or(("", hole));
        join(&mut said, &naming.fill(how, field));
        join(&mut said, rest);
    }
    said
}

/// Adds a piece. Between two Chinese characters stands no blank, whichever piece it came with.
fn join(said: &mut String, piece: &str) {
    let is_wide = |one: char| ('\u{2e80}'..='\u{ffef}').contains(&one);
    let inner = said.trim_end_matches(' ');
    let piece_inner = piece.trim_start_matches(' ');
    let meets = inner.ends_with(is_wide) && piece_inner.starts_with(is_wide);
    if !meets {
        *said += piece;
        return;
    }
    said.truncate(inner.len());
    *said += piece_inner;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_blank_stands_between_chinese_characters() {
        let mut said = "下达 ".to_owned();
        for piece in ["1.00 元", " 给", "行唐县", " 2017 ", "年", " A"] {
            join(&mut said, piece);
        }
        assert_eq!(said, "下达 1.00 元给行唐县 2017 年 A");
    }
}
