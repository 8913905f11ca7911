//! The columns of each kind of sheet, and what headers call them in Chinese and English.
//!
//! The surest word stands first: where a sheet has both 项目编号 and 项目, the first is taken. Words
//! that bureaus use for two things, such as 备注, stand last.

use super::kind::{Column, Form, Need};
use super::words;
use Form::{
    Count, Day, Digest, Intent, Jurisdiction, Jurisdictions, Money, Name, Names, Organization,
    Payee, Person, Text, Villages, Word, WordsOf,
};
use Need::{Default, Optional, Required};

const BASIS_KIND: &[&str] = &["basis_kind", "依据类型", "支付依据类型", "依据种类", "依据"];
const LOT: &[&str] = &["lot", "资金批次", "批次", "批次号", "批次编号", "资金批次号", "lot id"];
const PROJECT: &[&str] = &[
    "project",
    "项目编号",
    "项目代码",
    "项目号",
    "项目编码",
    "project id",
    "project code",
    "项目",
];

/// What every sheet may have.
pub(super) const COMMON: &[Column] = &[
    column(
        "document",
        Optional,
        Text(200),
        &["document", "文号", "文件号", "发文文号", "依据文号", "凭证号", "document number"],
    ),
    column(
        "document_sha256",
        Optional,
        Digest,
        &["document_sha256", "文件sha256", "文件校验码", "文件sha-256"],
    ),
    column("note", Optional, Text(500), &["note", "备注", "说明", "摘要", "remark", "remarks"]),
];

/// The columns of allocations.
pub(super) const ALLOCATIONS: &[Column] = &[
    column(
        "business_date",
        Required,
        Day,
        &["business_date", "下达日期", "业务日期", "发文日期", "下达时间", "日期", "date"],
    ),
    column("lot", Required, Name, LOT),
    column(
        "to",
        Required,
        Jurisdiction,
        &[
            "to",
            "接收地区代码",
            "县代码",
            "县区代码",
            "行政区划代码",
            "区划代码",
            "地区代码",
            "接收地区",
            "下达县",
            "下达地区",
            "县区",
            "县市区",
            "县(市、区)",
            "县",
            "地区",
            "单位",
            "县名",
            "市县",
            "county",
            "jurisdiction",
        ],
    ),
    column(
        "amount",
        Required,
        Money,
        &[
            "amount",
            "下达金额",
            "下达资金",
            "分配金额",
            "本次下达",
            "本次下达金额",
            "资金额",
            "资金",
            "金额",
            "资金金额",
        ],
    ),
];

/// The columns of commitments.
pub(super) const COMMITMENTS: &[Column] = &[
    column(
        "business_date",
        Required,
        Day,
        &["business_date", "安排日期", "业务日期", "下达日期", "日期", "date"],
    ),
    column("project", Required, Name, PROJECT),
    column("from", Optional, Word(words::FROM), &["from", "安排来源", "来源", "资金性质"]),
    column("plan", Optional, Name, &["plan", "整合方案", "方案编号", "整合方案编号", "方案"]),
    column("lot", Required, Name, LOT),
    column(
        "amount",
        Required,
        Money,
        &["amount", "安排金额", "安排资金", "本次安排", "指标金额", "资金额", "金额", "资金"],
    ),
];

/// The columns of disbursements.
pub(super) const DISBURSEMENTS: &[Column] = &[
    column(
        "business_date",
        Required,
        Day,
        &[
            "business_date",
            "付款日期",
            "支付日期",
            "拨付日期",
            "业务日期",
            "发放日期",
            "日期",
            "date",
            "paid on",
            "payment date",
        ],
    ),
    column("project", Required, Name, PROJECT),
    column(
        "kind",
        Required,
        Word(words::DISBURSEMENT),
        &["kind", "支付类型", "拨付类型", "类型", "业务类型", "款项性质", "支付种类"],
    ),
    column(
        "payee",
        Required,
        Payee,
        &["payee", "收款单位", "收款人", "收款方", "收款单位编号", "收款人编号"],
    ),
    column("payee_account", Optional, Person, &["payee_account", "收款账户代号", "账户代号"]),
    column(
        "method",
        Required,
        Word(words::METHOD),
        &["method", "支付方式", "付款方式", "拨付方式", "结算方式", "发放方式"],
    ),
    column(
        "bank_ref",
        Required,
        Name,
        &["bank_ref", "银行流水号", "流水号", "流水", "银行流水", "交易流水号", "bank reference"],
    ),
    column("transfer", Optional, Money, &["transfer", "整笔金额", "转账总额", "整笔转账金额"]),
    column("basis_kind", Required, Word(words::BASIS), BASIS_KIND),
    column(
        "basis_number",
        Required,
        Text(200),
        &["basis_number", "依据编号", "依据号", "合同编号", "合同号", "发票号", "发票号码"],
    ),
    column(
        "basis_sha256",
        Required,
        Digest,
        &["basis_sha256", "依据sha256", "依据校验码", "合同sha256", "发票sha256"],
    ),
    column("basis_amount", Optional, Money, &["basis_amount", "依据金额", "发票金额", "票面金额"]),
    column("lot", Required, Name, LOT),
    column(
        "amount",
        Required,
        Money,
        &["amount", "支付金额", "付款金额", "拨付金额", "发放金额", "本次支付", "金额", "拨付资金"],
    ),
    column(
        "voucher_kind",
        Optional,
        Word(words::VOUCHER),
        &["voucher_kind", "凭证类型", "票据类型"],
    ),
    column("voucher_number", Optional, Text(200), &["voucher_number", "票据号", "票据号码"]),
    column("voucher_sha256", Optional, Digest, &["voucher_sha256", "票据sha256", "票据校验码"]),
    column("voucher_amount", Optional, Money, &["voucher_amount", "票据金额", "报账金额"]),
    column("voucher_face", Optional, Money, &["voucher_face", "票据面额", "票据票面金额"]),
    column(
        "recipients",
        Optional,
        Count,
        &["recipients", "recipients_count", "发放户数", "发放人数", "户数", "人数"],
    ),
    column(
        "recipients_sha256",
        Optional,
        Digest,
        &["recipients_sha256", "名册sha256", "花名册sha256"],
    ),
    column("paid_through", Optional, Organization, &["paid_through", "代发银行", "代发机构"]),
    column("subject_code", Optional, Name, &["subject_code", "科目编码", "科目代码", "支出科目"]),
];

/// The columns of donations.
pub(super) const DONATIONS: &[Column] = &[
    column(
        "business_date",
        Required,
        Day,
        &[
            "business_date",
            "到账日期",
            "捐赠日期",
            "捐款日期",
            "收款日期",
            "捐赠时间",
            "到账时间",
            "日期",
            "received_on",
            "received",
            "date",
        ],
    ),
    column("lot", Optional, Name, &["lot", "资金批次", "批次号", "捐赠编号", "批次编号", "gift"]),
    column(
        "donor",
        Required,
        Person,
        &["donor", "捐赠人代号", "捐赠人编号", "捐赠方代号", "捐赠人", "donor_ref", "donor id"],
    ),
    column(
        "donor_kind",
        Default("person"),
        Word(words::DONOR),
        &["donor_kind", "捐赠人类型", "捐赠方类型", "捐赠人类别", "捐赠主体"],
    ),
    column(
        "amount",
        Required,
        Money,
        &["amount", "捐赠金额", "捐款金额", "到账金额", "捐赠额", "捐款额", "捐赠资金", "金额"],
    ),
    column(
        "bank_ref",
        Optional,
        Name,
        &["bank_ref", "银行流水号", "流水号", "银行流水", "交易流水号", "bank reference"],
    ),
    column("transfer", Optional, Money, &["transfer", "整笔金额", "转账总额"]),
    column("receipt_no", Optional, Text(200), &["receipt_no", "收据号", "票据号", "捐赠票据号"]),
    column(
        "anonymity",
        Default("anonymous"),
        Word(words::ANONYMITY),
        &["anonymity", "公开方式", "公示方式", "是否匿名公示"],
    ),
    column("campaign", Optional, Text(200), &["campaign", "活动编号", "募捐活动", "活动"]),
    column("pledge", Optional, Name, &["pledge", "认捐编号", "认捐号"]),
    column(
        "intent_text",
        Optional,
        Intent,
        &[
            "intent_text",
            "捐赠意向",
            "意向",
            "捐赠意愿",
            "指定用途",
            "捐赠用途",
            "用途",
            "intent",
            "directed",
            "是否定向",
            "定向",
            "备注",
            "remark",
            "remarks",
        ],
    ),
    column("intent_villages", Optional, Villages, &["intent_villages", "意向村代码", "指定村代码"]),
    column("intent_projects", Optional, Names, &["intent_projects", "意向项目", "指定项目"]),
    column(
        "intent_categories",
        Optional,
        WordsOf(words::CATEGORY),
        &["intent_categories", "意向类别", "指定类别", "指定领域"],
    ),
    column(
        "intent_jurisdictions",
        Optional,
        Jurisdictions,
        &["intent_jurisdictions", "意向地区", "指定地区", "指定县"],
    ),
    column(
        "fee_cap_bp",
        Optional,
        Count,
        &["fee_cap_bp", "费用上限(万分比)", "手续费上限(万分比)"],
    ),
    column(
        "fallback",
        Default("ask"),
        Word(words::FALLBACK),
        &["fallback", "意向不能实现时", "无法实现时"],
    ),
];

/// The columns of projects.
pub(super) const PROJECTS: &[Column] = &[
    column(
        "business_date",
        Required,
        Day,
        &["business_date", "入库日期", "入库时间", "业务日期", "日期", "date"],
    ),
    column("project", Required, Name, PROJECT),
    column("name", Required, Text(200), &["name", "项目名称", "名称", "project name"]),
    column(
        "category",
        Required,
        Word(words::CATEGORY),
        &["category", "项目类别", "项目类型", "类别", "类型"],
    ),
    column(
        "village_codes",
        Optional,
        Villages,
        &["village_codes", "村代码", "项目村代码", "行政村代码", "实施村代码", "villages", "村"],
    ),
    column(
        "unit",
        Required,
        Organization,
        &["unit", "实施单位", "项目单位", "建设单位", "实施单位编号", "责任单位"],
    ),
    column(
        "estimate",
        Required,
        Money,
        &[
            "estimate",
            "概算",
            "概算金额",
            "投资概算",
            "估算投资",
            "预算金额",
            "总投资",
            "投资额",
            "投资规模",
            "金额",
            "amount",
        ],
    ),
    column(
        "households",
        Required,
        Count,
        &["households", "受益户数", "受益贫困户数", "户数", "受益户"],
    ),
    column("goals", Required, Text(2000), &["goals", "绩效目标", "建设内容", "目标", "项目目标"]),
];

const fn column(
    field: &'static str,
    need: Need,
    form: Form,
    headers: &'static [&'static str],
) -> Column {
    Column { field, need, headers, form }
}
