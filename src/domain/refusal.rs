//! Refusals: every reason for which an event is not recorded, in the order in which reasons count.
//!
//! The order of [`Code`]'s variants *is* the order of checks (design section 5); nothing else
//! states it, and [`super::case::Case`] asserts that no rule goes back. A code, once released,
//! never changes.

use crate::base::Fen;
use serde::Serialize;
use std::fmt;

/// Declares the codes: variant, code, group, and the sentence that says what is wrong and what to
/// do.
macro_rules! codes {
    ($($group:ident { $($variant:ident $code:literal $sentence:literal)+ })+) => {
        /// The stable code of a refusal, in order of precedence.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Code { $($(#[doc = $sentence] $variant),+),+ }

        impl Code {
            /// Every code, in order of precedence.
            pub const ALL: &'static [Code] = &[$($(Code::$variant),+),+];

            /// The code as answers carry it.
            pub const fn code(self) -> &'static str {
                match self { $($(Code::$variant => $code),+),+ }
            }

            /// The sentence that says what is wrong and what to do.
            pub const fn sentence(self) -> &'static str {
                match self { $($(Code::$variant => $sentence),+),+ }
            }

            /// The group of checks that the code belongs to.
            pub const fn group(self) -> Group {
                match self { $($(Code::$variant => Group::$group),+),+ }
            }

            /// The code of that text.
            pub fn parse(code: &str) -> Option<Code> {
                match code { $($($code => Some(Code::$variant),)+)+ _ => None }
            }
        }
    };
}

/// The groups of checks, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The bytes and the form of the body.
    Shape,
    /// Whether the poster may post it, and whether it is new.
    Right,
    /// Jurisdiction, four eyes, documents, date.
    Envelope,
    /// References, vouchers and ids that were used before.
    Duplicates,
    /// Names that the ledger does not know.
    Unknown,
    /// The stage of what the event is about.
    Stage,
    /// Whether this money, project or body is the right one.
    Eligibility,
    /// Sums that must not be passed.
    Limits,
    /// Exceptions asked for, and figures that the body states.
    Figures,
    /// What follows from the movements.
    Movements,
    /// The ledger's own condition.
    Operation,
}

codes! {
    Shape {
        Malformed "malformed" "The event does not have the form that its type asks for; correct the named field"
        PersonalData "personal_data" "A free text holds a resident number or a mobile number; leave it out, the ledger can never forget it"
        UnknownType "unknown_type" "There is no event type of this name; see schemas/event for those there are"
        AmountOutOfRange "amount_out_of_range" "An amount lies outside 1 to 9007199254740991 fen; correct it"
    }
    Right {
        NotAuthorised "not_authorised" "The poster's grant does not allow this event here; post it as the body that may, or ask the operator for a grant"
        IdConflict "id_conflict" "The id was used before for another body; give a new event a new id"
        SignatureRequired "signature_required" "The organization signs its events; sign this one with one of its live keys"
        SignatureInvalid "signature_invalid" "A signature is wrong or its key is not one that counts here; sign again with a live key of the organization"
        HeadUnknown "head_unknown" "The head that the event says its poster saw is not one of this ledger; verify the ledger you read from"
        Expired "expired" "The time up to which the event wanted to be recorded is past; sign it again with a later one"
    }
    Envelope {
        UnknownJurisdiction "unknown_jurisdiction" "The ledger does not know this jurisdiction; use a registered code"
        SameMakerAndChecker "same_maker_and_checker" "Maker, checker and approver must be different persons"
        DocumentMissing "document_missing" "The event needs a document: its number and the SHA-256 of its file"
        DateInFuture "date_in_future" "The business date lies after today in Hebei"
    }
    Duplicates {
        DuplicateBankReference "duplicate_bank_reference" "The bank reference was used before; if one transfer paid several events, state its whole sum as transfer_fen in each"
        DuplicateVoucher "duplicate_voucher" "The voucher's sum is used up by earlier events"
        AlreadyKnown "already_known" "The ledger knows this already; choose another id, or leave it"
    }
    Unknown {
        UnknownLot "unknown_lot" "No lot of this id was received"
        UnknownProject "unknown_project" "No project of this id was admitted"
        UnknownPlan "unknown_plan" "No consolidation plan of this id was filed"
        UnknownOrganization "unknown_organization" "No organization of this id is registered"
        UnknownCustodian "unknown_custodian" "No custodian of this id is registered"
        UnknownPrincipal "unknown_principal" "No principal or witness of this name is registered"
        UnknownPairing "unknown_pairing" "No pairing of this id was declared"
        UnknownPledge "unknown_pledge" "No pledge of this id was made"
        UnknownFinding "unknown_finding" "No finding of this id was raised"
        UnknownEvent "unknown_event" "No event of this id and of the kind that the field asks for is recorded"
        UnknownPolicy "unknown_policy" "There is no policy of this key"
    }
    Stage {
        WrongStage "wrong_stage" "What the event is about is not at the stage that this event asks for"
    }
    Eligibility {
        NotSubordinate "not_subordinate" "The other jurisdiction does not lie below this one"
        NotConsolidatable "not_consolidatable" "This money may not be consolidated, or the plan has no line for it"
        NotForGifts "not_for_gifts" "Gifts and other social money do not take this way"
        GiftNotAlone "gift_not_alone" "A gift with a look-up code is moved by an event of its own, so that its donor can be shown the whole record"
        NotHolder "not_holder" "The money is held by another body, which alone may use it"
        SourceNotApproved "source_not_approved" "The project's approval does not name this fund as a source"
        PurposeViolated "purpose_violated" "The money was given for other purposes than this project's"
        IntentViolated "intent_violated" "The project lies outside what the donor wished; ask the donor and record intent_amended first"
        ProhibitedCategory "prohibited_category" "Fiscal poverty-alleviation money may not be used for this category"
        StillInPoverty "still_in_poverty" "The helped county has not left poverty and has no other pairing of the kind"
        NotAPoorCounty "not_a_poor_county" "Only a county that is or was on the poor list consolidates money"
        NoLivePairing "no_live_pairing" "No pairing of this kind was live on the business date for this jurisdiction"
        NotIndependent "not_independent" "The project's own unit, or the operator himself, may not do this"
        NotOwnFinding "not_own_finding" "This body may not act on this finding"
        PlanVersion "plan_version" "The plan's version must be one above the filed one, for the same jurisdiction and year"
        NotReversible "not_reversible" "The event moves no money, is a reversal, was reversed before, or is another organization's"
        PeriodNotOver "period_not_over" "The month is not over on the business date"
        EarlierPeriodOpen "earlier_period_open" "An earlier month of the year is still open; close it first"
        ReceiptNotVoided "receipt_not_voided" "A receipt of the gift is live or unknown; name the one that is voided"
        NoticeTooShort "notice_too_short" "The notice is shown for fewer days than the policy asks"
        PolicyOutOfRange "policy_out_of_range" "The value lies outside the policy's range or is looser than the level above set"
    }
    Limits {
        BudgetExceeded "budget_exceeded" "More than the adopted budget of this fund and year"
        PlanExceeded "plan_exceeded" "More than the plan's line has left"
        AboveApproved "above_approved" "More than the project's approval has left"
        AdvanceAboveCap "advance_above_cap" "Outstanding advances would pass the cap's share of the approved sum"
        FeeAboveCap "fee_above_cap" "More fees than the gift's terms allow"
        AboveAllocated "above_allocated" "More than this jurisdiction allocated of this lot to that one and did not recall"
        AboveOrdered "above_ordered" "More than was ordered and is still outstanding"
        BelowReceived "below_received" "Less than was already received under this budget"
        BelowUsed "below_used" "Less than is already used"
    }
    Figures {
        ExceptionNotNeeded "exception_not_needed" "The event breaks no rule that this exception is for; leave the exception out"
        FiguresDiffer "figures_differ" "The figures stated are not those that stand"
    }
    Movements {
        DateBeforeOrigin "date_before_origin" "The business date lies before that of what the event builds on"
        PeriodClosed "period_closed" "The month of the business date is closed; use an open date, or have the month reopened"
        InsufficientFunds "insufficient_funds" "Not enough money of this lot in this place"
        FundsMovedOn "funds_moved_on" "The money has moved on since; undo the later events first"
        ProjectNotSettled "project_not_settled" "Money is still committed or advanced in the project"
    }
    Operation {
        StorageFull "storage_full" "The disk is full; make room, nothing was recorded"
        BatchTooLarge "batch_too_large" "Too many events or bytes for one atomic post; split it or use --mode continue"
        RecordTooLarge "record_too_large" "The record would pass 65535 bytes; split the event"
        Retry "retry" "Whether this was recorded is not known yet; post it again, the same id is recorded once"
    }
}

impl Code {
    /// May an exception be recorded against this code (design section 5, Exceptions)?
    pub const fn yields(self) -> bool {
        matches!(
            self,
            Code::WrongStage
                | Code::SourceNotApproved
                | Code::PurposeViolated
                | Code::IntentViolated
                | Code::ProhibitedCategory
                | Code::AboveApproved
                | Code::AdvanceAboveCap
                | Code::FeeAboveCap
        )
    }
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code())
    }
}

impl Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(self.code())
    }
}

impl<'de> serde::Deserialize<'de> for Code {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Code, D::Error> {
        struct Reader;
        impl serde::de::Visitor<'_> for Reader {
            type Value = Code;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("the code of a refusal")
            }
            fn visit_str<E: serde::de::Error>(self, code: &str) -> Result<Code, E> {
                Code::parse(code)
                    .ok_or_else(|| E::invalid_value(serde::de::Unexpected::Str(code), &self))
            }
        }
        from.deserialize_str(Reader)
    }
}

impl schemars::JsonSchema for Code {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Code".into()
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        // Bodies name codes only in exceptions, so only those that yield are words of a body.
        let yielding: Vec<_> =
            Code::ALL.iter().filter(|code| code.yields()).map(|code| code.code()).collect();
        schemars::json_schema!({ "enum": yielding })
    }
}

/// Why an event is not recorded: the code, what it is about, and the figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// What it is about.
    pub details: Box<Details>,
}

/// What a refusal is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Details {
    /// What exactly is at fault: `lot L1`, `data.lots[0].amount_fen`, a reason in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// The place that lacks the money.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The lot whose money it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// What was asked, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_fen: Option<Fen>,
    /// What is left, in fen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_fen: Option<Fen>,
}

impl Refusal {
    /// A refusal without further details.
    pub fn new(code: Code) -> Refusal {
        Refusal { code, details: Box::default() }
    }

    /// Says what the refusal is about.
    pub fn about(mut self, about: impl fmt::Display) -> Refusal {
        self.details.about = Some(about.to_string());
        self
    }

    /// Adds both figures: what was asked and what is left.
    pub fn figures(mut self, asked: Fen, left: Fen) -> Refusal {
        self.details.asked_fen = Some(asked);
        self.details.left_fen = Some(left);
        self
    }

    /// The sentence for people: what is wrong, about what, with which figures.
    pub fn message(&self) -> String {
        let details = &self.details;
        let mut message = self.code.sentence().to_owned();
        if let Some(about) = &details.about {
            message += &format!(" ({about})");
        }
        if let (Some(place), Some(lot)) = (&details.place, &details.lot) {
            message += &format!(" (lot {lot} in {place})");
        }
        if let (Some(asked), Some(left)) = (details.asked_fen, details.left_fen) {
            message += &format!(": asked {asked} fen, left {left} fen");
        }
        message + "."
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.code, self.message())
    }
}

/// A check that either holds or refuses the event.
pub type Check = Result<(), Refusal>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_groups_is_the_order_of_codes() {
        assert!(Code::ALL.is_sorted());
        assert!(Code::ALL.iter().map(|code| code.group()).is_sorted());
        for code in Code::ALL {
            assert_eq!(Code::parse(code.code()), Some(*code));
        }
    }

    #[test]
    fn a_message_says_what_where_and_both_figures() {
        let refusal = Refusal::new(Code::AboveApproved)
            .about("project P1")
            .figures(Fen::new(101).unwrap(), Fen::new(100).unwrap());
        assert_eq!(
            refusal.to_string(),
            "above_approved: More than the project's approval has left (project P1): \
             asked 101 fen, left 100 fen."
        );
    }
}
