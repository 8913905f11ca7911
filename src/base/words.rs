//! Words that people read: each closed list declared once, with its Chinese and English label.
//!
//! A list's code is what bodies carry and never changes; its labels are what pages, reports and
//! `--lang` print.

/// What a thing is called in the two languages; Chinese first, as pages print it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// The Chinese label.
    pub zh: &'static str,
    /// The English label.
    pub en: &'static str,
}

/// Declares a closed list of words: `Variant "code" "中文" "English"`.
macro_rules! vocabulary {
    ($(#[$doc:meta])* pub enum $name:ident {
        $($variant:ident $code:literal $zh:literal $en:literal),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name { $(#[doc = $en] $variant),+ }

        impl $name {
            /// Every word of the list, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The word as bodies carry it.
            pub const fn code(self) -> &'static str {
                match self { $($name::$variant => $code),+ }
            }

            /// The word as people read it.
            pub const fn label(self) -> $crate::base::words::Label {
                match self {
                    $($name::$variant => $crate::base::words::Label { zh: $zh, en: $en }),+
                }
            }

            /// The word of that code.
            pub fn parse(code: &str) -> Option<$name> {
                match code { $($code => Some($name::$variant),)+ _ => None }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.code())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Reader;
                impl serde::de::Visitor<'_> for Reader {
                    type Value = $name;
                    fn expecting(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        out.write_str(concat!("one of", $(" ", $code),+))
                    }
                    fn visit_str<E: serde::de::Error>(self, code: &str) -> Result<$name, E> {
                        let wrong = serde::de::Unexpected::Str(code);
                        $name::parse(code).ok_or_else(|| E::invalid_value(wrong, &self))
                    }
                    fn visit_u8<E: serde::de::Error>(self, at: u8) -> Result<$name, E> {
                        $name::ALL.get(usize::from(at)).copied().ok_or_else(|| {
                            E::invalid_value(serde::de::Unexpected::Unsigned(at.into()), &self)
                        })
                    }
                }
                match from.is_human_readable() {
                    true => from.deserialize_str(Reader),
                    false => from.deserialize_u8(Reader),
                }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                match to.is_human_readable() {
                    true => to.serialize_str(self.code()),
                    false => to.serialize_u8(*self as u8),
                }
            }
        }

        impl schemars::JsonSchema for $name {
            fn inline_schema() -> bool {
                true
            }
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }
            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "enum": [$($code),+] })
            }
        }
    };
}
pub(crate) use vocabulary;

/// Declares the fields' labels: `"name" "中文" "English"`, in byte order of the names.
macro_rules! fields {
    ($($name:literal $zh:literal $en:literal)+) => {
        /// Every field of an event and of its envelope, by name, with what people call it.
        ///
        /// A name means the same wherever it stands, so one label serves all event types; a test
        /// holds the table to the schemas, both ways.
        pub const FIELDS: &[(&str, Label)] = &[$(($name, Label { zh: $zh, en: $en })),+];
    };
}

fields! {
    "about" "有关事项" "About"
    "acceptors" "验收单位" "Accepted by"
    "agreement" "协议" "Agreement"
    "amount_fen" "金额(分)" "Amount (fen)"
    "anonymity" "公开方式" "Anonymity"
    "approved_fen" "批复金额(分)" "Approved (fen)"
    "approver" "批准人" "Approver"
    "as_of" "截至业务" "As of event"
    "bank_ref" "银行流水号" "Bank reference"
    "basis" "支付依据" "Basis"
    "business_date" "业务日期" "Business date"
    "by" "经手" "By"
    "campaign" "募捐项目" "Campaign"
    "categories" "项目类别" "Categories"
    "category" "项目类别" "Category"
    "certifier" "认定单位" "Certified by"
    "changes" "变更内容" "Changes"
    "channel" "方式" "Channel"
    "checker" "复核人" "Checker"
    "class" "资金性质" "Class"
    "code" "代码" "Code"
    "consent_sha256" "同意书校验码" "Consent (SHA-256)"
    "content_sha256" "内容校验码" "Content (SHA-256)"
    "count" "户数" "Count"
    "custodian" "善款管理单位" "Custodian"
    "data" "业务内容" "Data"
    "date" "成文日期" "Date"
    "debtor" "应退还方" "Debtor"
    "docs" "依据文件" "Documents"
    "donor" "捐赠人" "Donor"
    "donor_kind" "捐赠人类别" "Kind of donor"
    "due" "整改期限" "Due"
    "effective" "生效日期" "Effective"
    "effective_from" "执行日期" "Effective from"
    "estimate_fen" "估算金额(分)" "Estimate (fen)"
    "event" "业务事件" "Event"
    "evidence" "证据" "Evidence"
    "exceptions" "例外" "Exceptions"
    "expires" "有效期至" "Expires"
    "face_fen" "票面金额(分)" "Face (fen)"
    "fallback" "意愿不能实现时" "If the wish cannot be met"
    "fee_cap_bp" "手续费上限(万分之)" "Cap of fees (bp)"
    "feedback" "反馈业务" "Feedback"
    "figures_sha256" "数据校验码" "Figures (SHA-256)"
    "filed_to" "备案机关所在地" "Filed to"
    "finding" "问题编号" "Finding"
    "fiscal_year" "预算年度" "Fiscal year"
    "from" "来自" "From"
    "from_fen" "调整前金额(分)" "From (fen)"
    "from_origin" "原账本名称" "From origin"
    "fund" "资金来源" "Fund"
    "goals" "绩效目标" "Goals"
    "hash_algorithm" "校验算法" "Hash algorithm"
    "heavy_task_city" "任务较重的市" "City with a heavy task"
    "helped" "受帮扶地区" "Helped"
    "helper" "帮扶单位" "Helper"
    "households" "受益户数" "Households"
    "id" "编号" "Id"
    "in" "转入" "In"
    "intent" "捐赠意愿" "Intent"
    "item" "涉农资金项目" "Item"
    "items" "整合计划明细" "Items"
    "jurisdiction" "行政区划" "Jurisdiction"
    "jurisdictions" "行政区划" "Jurisdictions"
    "key" "参数" "Key"
    "kind" "种类" "Kind"
    "level" "级别" "Level"
    "list_sha256" "清单校验码" "List (SHA-256)"
    "lookup_sha256" "查询码校验码" "Look-up code (SHA-256)"
    "lot" "资金批次" "Lot"
    "lots" "资金批次" "Lots"
    "maker" "经办人" "Maker"
    "method" "支付方式" "Method"
    "name" "名称" "Name"
    "new_code" "新代码" "New code"
    "not_after" "最迟入账时间" "Not after"
    "note" "备注" "Note"
    "number" "文号" "Number"
    "of_lot" "所属资金批次" "Of lot"
    "org" "单位" "Organization"
    "organization" "单位" "Organization"
    "origin" "账本名称" "Origin"
    "out" "转出" "Out"
    "outcome" "处理结果" "Outcome"
    "paid_through" "代发机构" "Paid through"
    "pairing" "结对关系" "Pairing"
    "parent" "上级" "Parent"
    "payee" "收款方" "Payee"
    "payee_account" "收款账户" "Payee's account"
    "period" "期间" "Period"
    "pinyin" "拼音" "Pinyin"
    "place" "公开地点" "Place"
    "plan" "整合方案" "Plan"
    "planned_fen" "计划金额(分)" "Planned (fen)"
    "pledge" "认捐编号" "Pledge"
    "poverty_status" "贫困县状态" "Poverty status"
    "principal" "操作账号" "Principal"
    "program" "程序" "Program"
    "progress_bp" "进度(万分之)" "Progress (bp)"
    "project" "项目" "Project"
    "projects" "项目" "Projects"
    "provider" "资金拨入方" "Provider"
    "public_key" "公钥" "Public key"
    "purpose" "规定用途" "Purpose"
    "reason" "原因" "Reason"
    "receipt_no" "收据号" "Receipt number"
    "receipt_voided" "作废收据号" "Voided receipt"
    "received_fen" "收到金额(分)" "Received (fen)"
    "recipients" "补贴对象" "Recipients"
    "refunded_fen" "退还金额(分)" "Refunded (fen)"
    "remaining_fen" "剩余金额(分)" "Remaining (fen)"
    "replaced_by" "接替结对" "Replaced by"
    "replaces" "替代" "Replaces"
    "retention_fen" "质保金(分)" "Retention (fen)"
    "retention_until" "质保期至" "Retention until"
    "reverses" "所针对的业务" "Reverses"
    "role" "角色" "Role"
    "root" "账本校验码" "Root"
    "rule" "检查规则" "Rule"
    "scope" "管辖范围" "Scope"
    "seen" "已核验账本" "Seen head"
    "severity" "严重程度" "Severity"
    "sha256" "文件校验码" "SHA-256"
    "signing" "签名要求" "Signing"
    "size" "记录数" "Size"
    "source" "依据" "Source"
    "sources" "资金来源" "Sources"
    "subject" "公开事项" "Subject"
    "subject_code" "预算科目" "Budget subject"
    "subjects" "问题对象" "Subjects"
    "text" "说明" "Text"
    "text_sha256" "文本校验码" "Text (SHA-256)"
    "title" "标题" "Title"
    "to" "去向" "To"
    "to_body" "移送机关" "To body"
    "to_fen" "调整后金额(分)" "To (fen)"
    "transfer_fen" "整笔转账金额(分)" "Whole transfer (fen)"
    "type" "业务类型" "Type"
    "unit" "单位" "Unit"
    "until" "截止日期" "Until"
    "uscc" "统一社会信用代码" "Unified social credit code"
    "used_fen" "使用金额(分)" "Used (fen)"
    "valid_from" "启用日期" "Valid from"
    "value" "数值" "Value"
    "verdict" "核验结论" "Verdict"
    "version" "版本" "Version"
    "village_codes" "受益村" "Villages"
    "villages" "村" "Villages"
    "vkey" "验证密钥" "Verifier key"
    "vouchers" "凭证" "Vouchers"
    "year" "年度" "Year"
}

/// What people call a field of an event; none for a name that no event has.
pub fn field_label(name: &str) -> Option<Label> {
    let found = FIELDS.binary_search_by(|(known, _)| (*known).cmp(name)).ok()?;
    FIELDS.get(found).map(|(_, label)| *label)
}

/// Items of agriculture-related money by the ids that sheets use; a bureau may use others, which
/// stand as they are.
pub const ITEMS: &[(&str, Label)] = &[
    ("agri-farmland", Label { zh: "高标准农田", en: "Farmland" }),
    ("agri-forest", Label { zh: "林业生态", en: "Forests" }),
    ("agri-road", Label { zh: "农村道路", en: "Rural roads" }),
    ("agri-water", Label { zh: "农田水利与饮水", en: "Irrigation and drinking water" }),
];

/// What people call an item of agriculture-related money; none where its id says all.
pub fn item_label(id: &str) -> Option<Label> {
    ITEMS.iter().find(|(known, _)| *known == id).map(|(_, label)| *label)
}

/// In what a figure is counted, which decides how people read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Days.
    Days,
    /// Basis points: people read per cent.
    BasisPoints,
    /// Fen: people read yuan.
    Fen,
    /// So many of something.
    Count,
    /// A year.
    Year,
    /// 1 for yes, 0 for no.
    Truth,
}

/// Declares what figures of inspections are called: `"name" Unit "中文" "English"`, in byte order.
macro_rules! figures {
    ($($name:literal $unit:ident $zh:literal $en:literal)+) => {
        /// Every figure that a hit of an inspection gives, by name.
        pub const FIGURES: &[(&str, Unit, Label)] =
            &[$(($name, Unit::$unit, Label { zh: $zh, en: $en })),+];
    };
}

figures! {
    "accepted" Truth "已验收" "accepted"
    "apart_fen" Fen "金额相差" "amounts apart"
    "approved" Truth "后来批复" "approved later"
    "approved_fen" Fen "批复" "approved"
    "cap_bp" BasisPoints "上限" "cap"
    "central_fen" Fen "中央资金" "central money"
    "certified_bp" BasisPoints "认定进度" "certified progress"
    "counties" Count "县数" "counties"
    "days" Days "天数" "days"
    "days_apart" Days "相隔" "apart"
    "days_before" Days "早于批复" "before approval"
    "days_below" Days "缺口持续" "short for"
    "days_late" Days "逾期" "overdue"
    "duties" Count "应反馈" "duties"
    "fees_fen" Fen "管理费" "fees"
    "filed" Truth "已补报" "filed since"
    "fiscal_year" Year "资金年度" "fiscal year"
    "kept_bp" BasisPoints "完成比例" "kept"
    "last_days" Days "年末" "last days of the year"
    "least_bp" BasisPoints "至少应为" "at least"
    "limit" Count "界限" "limit"
    "limit_bp" BasisPoints "界限" "limit"
    "limit_days" Days "界限" "limit"
    "limit_fen" Fen "界限" "limit"
    "paid_bp" BasisPoints "支付比例" "paid"
    "payments" Count "付款笔数" "payments"
    "planned_fen" Fen "方案" "planned"
    "round_fen" Fen "整数单位" "multiples of"
    "share_bp" BasisPoints "占比" "share"
    "used_fen" Fen "已使用" "used"
    "year" Year "年度" "year"
}

/// What a figure of an inspection is called, and its unit; none for a name that no rule gives.
pub fn figure_label(name: &str) -> Option<(Unit, Label)> {
    let found = FIGURES.binary_search_by(|(known, _, _)| (*known).cmp(name)).ok()?;
    FIGURES.get(found).map(|(_, unit, label)| (*unit, *label))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_is_found_by_its_name_and_has_both_labels() {
        assert!(FIELDS.is_sorted_by(|one, next| one.0 < next.0));
        for (name, label) in FIELDS {
            assert_eq!(field_label(name), Some(*label));
            assert!(!label.zh.is_empty() && !label.en.is_empty(), "{name}");
        }
        assert_eq!(field_label("amount"), None);
    }

    #[test]
    fn every_figure_that_a_rule_gives_has_its_words() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/projections/inspect");
        let mut given = std::collections::BTreeSet::new();
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.file_stem().is_some_and(|name| name == "tests") {
                continue;
            }
            let text = std::fs::read_to_string(path).unwrap();
            let calls = text.split(".figure(\"").skip(1);
            given.extend(calls.map(|call| call.split('"').next().unwrap().to_owned()));
        }
        let known: Vec<&str> = FIGURES.iter().map(|(name, _, _)| *name).collect();
        assert_eq!(given.iter().map(String::as_str).collect::<Vec<_>>(), known);
        for (name, unit, label) in FIGURES {
            assert_eq!(figure_label(name), Some((*unit, *label)), "{name}");
        }
    }
}
