//! The parts that bodies of several event types share.

use super::fund::Category;
use super::refusal::Code as Refused;
use crate::base::words::vocabulary;
use crate::base::{Amount, Code, Date, Digest, Fen, Line, Name, Stamp, Text, Village};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de};
use std::fmt;

/// How many items a list in a body may hold.
pub const ITEMS_MAX: usize = 200;

/// A list of at most [`ITEMS_MAX`] items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List<T>(Vec<T>);

impl<T> List<T> {
    /// The items in the order of the body.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.0.iter()
    }

    /// The items as a slice.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }
}

impl<T> Default for List<T> {
    fn default() -> List<T> {
        List(Vec::new())
    }
}

impl<'a, T> IntoIterator for &'a List<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<List<T>, D::Error> {
        struct Reader<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>> de::Visitor<'de> for Reader<T> {
            type Value = List<T>;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "a list of at most {ITEMS_MAX} items")
            }
            fn visit_seq<S: de::SeqAccess<'de>>(self, mut from: S) -> Result<List<T>, S::Error> {
                let mut items = Vec::new();
                while let Some(item) = from.next_element()? {
                    if items.len() == ITEMS_MAX {
                        return Err(de::Error::invalid_length(ITEMS_MAX + 1, &self));
                    }
                    items.push(item);
                }
                Ok(List(items))
            }
        }
        from.deserialize_seq(Reader(std::marker::PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for List<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("ListOf{}", T::schema_name()).into()
    }
    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let items = generator.subschema_for::<T>();
        schemars::json_schema!({ "type": "array", "items": items, "maxItems": ITEMS_MAX })
    }
}

/// Reads an optional field strictly: absent, never null.
///
/// serde reads a null into `None` by itself; a body that writes null is malformed instead.
pub fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

/// Money of one lot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LotAmount<'a> {
    /// How much of it.
    pub amount_fen: Amount,
    /// The lot.
    #[serde(borrow)]
    pub lot: Name<'a>,
}

/// Money of several lots: 1 to 200, no lot twice, together within the bounds of an amount.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Lots<'a>(#[serde(borrow)] pub List<LotAmount<'a>>);

impl<'a> Lots<'a> {
    /// The lots in the order of the body.
    pub fn iter(&self) -> std::slice::Iter<'_, LotAmount<'a>> {
        self.0.iter()
    }

    /// The form that serde does not check: at least one, none twice, a sum within the bounds.
    pub fn shape(&self) -> Result<(), Misshapen> {
        if self.0.as_slice().is_empty() {
            return Err(Misshapen::malformed("lots must name at least one lot"));
        }
        for (at, one) in self.iter().enumerate() {
            if self.0.as_slice()[..at].iter().any(|other| other.lot == one.lot) {
                return Err(Misshapen::malformed("lots names a lot twice; add the amounts up"));
            }
        }
        match Fen::sum(self.iter().map(|one| one.amount_fen)) {
            Some(_) => Ok(()),
            None => Err(Misshapen { code: Refused::AmountOutOfRange, reason: "the sum of lots" }),
        }
    }

    /// The sum of all amounts, which [`Lots::shape`] has found to be within the bounds.
    pub fn sum(&self) -> Fen {
        Fen::sum(self.iter().map(|one| one.amount_fen)).expect("the shape's check bounds the sum")
    }
}

/// A body whose fields do not belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misshapen {
    /// `malformed`, or `amount_out_of_range` for a sum.
    pub code: Refused,
    /// What is wrong, in words.
    pub reason: &'static str,
}

impl Misshapen {
    /// Fields that do not belong together.
    pub const fn malformed(reason: &'static str) -> Misshapen {
        Misshapen { code: Refused::Malformed, reason }
    }

    /// Malformed for this reason unless the fields belong together.
    pub fn unless(together: bool, reason: &'static str) -> Result<(), Misshapen> {
        if together { Ok(()) } else { Err(Misshapen::malformed(reason)) }
    }
}

/// Who stands behind the event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct By<'a> {
    /// Who approved an exception (a staff reference).
    #[serde(borrow, default, deserialize_with = "present")]
    pub approver: Option<Name<'a>>,
    /// Who checked it 复核 (a staff reference).
    #[serde(borrow)]
    pub checker: Name<'a>,
    /// Who made it 经办 (a staff reference).
    #[serde(borrow)]
    pub maker: Name<'a>,
    /// The organization, or a donor's reference.
    #[serde(borrow)]
    pub org: Name<'a>,
}

/// A document that the event rests on; the file itself stays outside the chain.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document<'a> {
    /// Its date 成文日期.
    #[serde(default, deserialize_with = "present")]
    pub date: Option<Date>,
    /// Its number 文号.
    #[serde(borrow)]
    pub number: Line<'a>,
    /// SHA-256 of its file.
    pub sha256: Digest,
    /// Its title.
    #[serde(borrow, default, deserialize_with = "present")]
    pub title: Option<Line<'a>>,
}

/// A head of this ledger that the poster verified before signing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Seen {
    /// The tree's root at that size.
    pub root: Digest,
    /// How many records the tree had.
    pub size: u64,
}

/// The moment up to which an event wants to be recorded: whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(try_from = "String")]
#[schemars(with = "String", extend("pattern" = NotAfter::PATTERN))]
pub struct NotAfter(Stamp);

impl TryFrom<String> for NotAfter {
    type Error = &'static str;
    fn try_from(text: String) -> Result<NotAfter, &'static str> {
        // A stamp may have milliseconds, this may not: the shorter of its two forms.
        let whole = Stamp::parse(&text).filter(|_| text.len() == "YYYY-MM-DDTHH:MM:SSZ".len());
        whole.map(NotAfter).ok_or("not a moment of the form YYYY-MM-DDTHH:MM:SSZ")
    }
}

impl NotAfter {
    const PATTERN: &'static str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$";

    /// The moment.
    pub fn stamp(self) -> Stamp {
        self.0
    }
}

/// An exception asked for: the rule that the fact breaks, and why it happened.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exception<'a> {
    /// The code of the rule.
    pub code: Refused,
    /// Why it happened.
    #[serde(borrow)]
    pub reason: Text<'a, 2000>,
}

/// The form of exceptions: codes of the event's own yielding rules, none twice, and a third person
/// who approved them.
pub fn exceptions_shape(
    exceptions: &List<Exception<'_>>,
    own: &[Refused],
    by: &By<'_>,
) -> Result<(), Misshapen> {
    for (at, one) in exceptions.iter().enumerate() {
        let fits = one.code.yields() && own.contains(&one.code);
        Misshapen::unless(fits, "an exception's code is not one of this event's yielding rules")?;
        let twice = exceptions.as_slice()[..at].iter().any(|other| other.code == one.code);
        Misshapen::unless(!twice, "an exception's code stands twice")?;
    }
    let approved = exceptions.as_slice().is_empty() || by.approver.is_some();
    Misshapen::unless(approved, "exceptions need by.approver, a third person")
}

vocabulary! {
    /// What happens with a gift whose intent cannot be met.
    pub enum Fallback {
        Ask "ask" "征询捐赠人" "Ask the donor",
        Refund "refund" "退还" "Refund",
        RedirectSameCategory "redirect_same_category" "同类改用" "Redirect within the category",
    }
}

/// What a donor wishes: each list restricts where it is not empty (Article 28).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Intent<'a> {
    /// Categories of projects.
    #[serde(default)]
    pub categories: List<Category>,
    /// What happens when the wish cannot be met.
    pub fallback: Fallback,
    /// The share of the gift that may pay fees, in basis points; absent: none.
    #[serde(default, deserialize_with = "present")]
    pub fee_cap_bp: Option<BasisPoints>,
    /// Jurisdictions, with all below them.
    #[serde(default)]
    pub jurisdictions: List<Code>,
    /// Projects.
    #[serde(borrow, default)]
    pub projects: List<Name<'a>>,
    /// The wish in the donor's words.
    #[serde(borrow, default, deserialize_with = "present")]
    pub text: Option<Text<'a, 2000>>,
    /// Villages.
    #[serde(default)]
    pub villages: List<Village>,
}

/// A share in ten-thousandths, 0 to 10 000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BasisPoints(u16);

impl BasisPoints {
    /// The number of ten-thousandths.
    pub fn get(self) -> u16 {
        self.0
    }
}

impl<'de> Deserialize<'de> for BasisPoints {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<BasisPoints, D::Error> {
        let share = u16::deserialize(from)?;
        match share {
            0..=10_000 => Ok(BasisPoints(share)),
            _ => Err(de::Error::custom(format_args!("{share} is not a share from 0 to 10000"))),
        }
    }
}

impl JsonSchema for BasisPoints {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "BasisPoints".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": 0, "maximum": 10_000 })
    }
}

vocabulary! {
    /// What a payment rests on.
    pub enum BasisKind {
        Contract "contract" "合同" "Contract",
        Invoice "invoice" "发票" "Invoice",
        Reimbursement "reimbursement" "报账申请" "Reimbursement request",
        HouseholdList "household_list" "到户清单" "Household list",
    }
}

/// The paper that a disbursement rests on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Basis<'a> {
    /// The sum on its face, where it has one.
    #[serde(default, deserialize_with = "present")]
    pub amount_fen: Option<Amount>,
    /// What kind of paper it is.
    pub kind: BasisKind,
    /// Its number.
    #[serde(borrow)]
    pub number: Line<'a>,
    /// SHA-256 of its file.
    pub sha256: Digest,
}

vocabulary! {
    /// What kind of voucher it is.
    pub enum VoucherKind {
        Invoice "invoice" "发票" "Invoice",
        Receipt "receipt" "收据" "Receipt",
        WageList "wage_list" "工资单" "Wage list",
        HouseholdList "household_list" "到户清单" "Household list",
        Other "other" "其他凭证" "Other",
    }
}

/// A voucher that shows how money was spent.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Voucher<'a> {
    /// How much of it counts for this event.
    pub amount_fen: Amount,
    /// The sum on its face; absent: `amount_fen`.
    #[serde(default, deserialize_with = "present")]
    pub face_fen: Option<Amount>,
    /// What kind of voucher it is.
    pub kind: VoucherKind,
    /// Its number; an invoice's is code-number.
    #[serde(borrow)]
    pub number: Line<'a>,
    /// SHA-256 of its file.
    pub sha256: Digest,
}

vocabulary! {
    /// Where a commitment comes from, or a release goes to.
    pub enum From {
        Available "available" "待安排" "Available",
        Consolidated "consolidated" "已整合待安排" "Consolidated",
    }
}

/// The form of `from`/`to` and `plan`: a plan exactly with consolidated money.
pub fn plan_with_consolidated(from: From, plan: Option<Name<'_>>) -> Result<(), Misshapen> {
    Misshapen::unless(
        (from == From::Consolidated) == plan.is_some(),
        "plan stands exactly where the money is consolidated",
    )
}
