//! The envelope of an event, what is declared about each type, and the one list of all types.
//!
//! An event type is a struct with a [`Spec`] beside it, in a file of its own under `events/`.
//! Schemas, labels, the role table and the documents are printed from Specs; tests fail when either
//! side has what the other lacks.

mod reading;
mod schema;
mod words;

pub use reading::EventSeed;
pub use words::labels_of;

use super::case::Case;
use super::decide::Facts;
use super::movement::{Movement, Movements};
use super::parts::{By, Document, List, Misshapen, NotAfter, Seen};
use super::place::PlaceKind;
use super::refusal::{Code as Refused, Refusal};
use super::role::{Reach, Role, Standing};
use super::state::State;
use crate::base::words::{Label, vocabulary};
use crate::base::{Code, Date, EventId, Text, Village};
use foldhash::fast::FixedState;
use schema::schema_of;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use std::collections::HashMap;
use std::sync::LazyLock;

vocabulary! {
    /// The families of events.
    pub enum Family {
        Ledger "ledger" "账本" "Ledger",
        Registry "registry" "登记" "Registry",
        Budget "budget" "指标" "Budget",
        Consolidation "consolidation" "统筹整合" "Consolidation",
        Project "project" "项目" "Project",
        Disbursement "disbursement" "拨付" "Disbursement",
        Donation "donation" "捐赠" "Donation",
        Disclosure "disclosure" "公开" "Disclosure",
        Supervision "supervision" "监督" "Supervision",
        Correction "correction" "更正" "Correction",
    }
}

vocabulary! {
    /// The columns of a balance row that movements add to (design section 10).
    pub enum Column {
        Received "received" "收入" "Received",
        Allocated "allocated" "下达" "Allocated",
        Recalled "recalled" "收回" "Recalled",
        Withdrawn "withdrawn" "核减上缴" "Withdrawn",
        Refunded "refunded" "退还" "Refunded",
        Nothing "nothing" "" "None",
    }
}

/// One way in which an event's movements may join places, and the column that they add to.
///
/// Money that is committed or released between a level above and a project below crosses
/// jurisdictions; such a flow counts in the named column only where it crosses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flow(pub PlaceKind, pub PlaceKind, pub Column);

/// What is declared about an event type; nothing repeats it.
#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// The type's name, a fact in the past tense.
    pub name: &'static str,
    /// What people call it.
    pub label: Label,
    /// Its family.
    pub family: Family,
    /// The articles of the regulation that it serves.
    pub articles: &'static [u8],
    /// Who may post it, and how far each reaches.
    pub posters: &'static [(Role, Reach)],
    /// Must it carry a document?
    pub document: bool,
    /// The places that its movements may join.
    pub flows: &'static [Flow],
    /// The codes it is refused with beyond the common ones, in order of precedence.
    pub refuses: &'static [Refused],
}

/// An event type: its fields, what is declared about it, and its rule.
pub trait Kind<'a>: Deserialize<'a> + JsonSchema {
    /// What is declared about the type.
    const SPEC: Spec;

    /// The rule as a table: a row per refusal and per boundary.
    #[cfg(test)]
    const TABLE: &'static str;

    /// The form that the fields have together; the fields alone are checked as they are read.
    fn shape(&self, _by: &By<'a>) -> Result<(), Misshapen> {
        Ok(())
    }

    /// May a role whose scope lies like this to the event's jurisdiction post it?
    fn allows(&self, role: Role, standing: Standing) -> bool {
        allowed(&Self::SPEC, role, standing)
    }

    /// Names every jurisdiction in the body that must be registered.
    fn jurisdictions(&self, _each: &mut dyn FnMut(Code)) {}

    /// Names every village in the body whose county must be registered, by its present or a former
    /// code.
    fn villages(&self, _each: &mut dyn FnMut(Village)) {}

    /// Decides the event: its own checks in the order of codes, and its movements. Pure.
    fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
        let _no_rule_of_its_own = case;
        Ok(Movements::none())
    }

    /// Makes known what the event introduces (a lot, a project, a payee's name) before its money
    /// moves.
    fn introduce(&self, _entry: &Entry<'_>, _state: &mut State) {}

    /// Changes what the event changes besides money.
    fn apply(&self, _entry: &Entry<'_>, _state: &mut State) {}

    /// Takes back what [`Kind::apply`] changed, where a reversal gives it back; `entry` is the
    /// original.
    fn take_back(&self, _entry: &Entry<'_>, _state: &mut State) {}
}

/// Does the Spec's table of posters allow it?
pub fn allowed(spec: &Spec, role: Role, standing: Standing) -> bool {
    spec.posters.iter().any(|(poster, reach)| *poster == role && reach.covers(standing))
}

/// An event that is recorded: what `apply` sees.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'e> {
    /// Sequence, time, poster.
    pub facts: &'e Facts<'e>,
    /// The event.
    pub event: &'e Event<'e>,
    /// What the rules decided.
    pub movements: &'e [Movement],
}

impl Entry<'_> {
    /// The event's jurisdiction.
    pub fn here(&self) -> Code {
        self.event.jurisdiction
    }
}

/// A fact that a body states: the envelope and the data of its type.
#[derive(Debug)]
pub struct Event<'a> {
    /// The day on which it happened.
    pub business_date: Date,
    /// Who stands behind it.
    pub by: By<'a>,
    /// The fields of its type.
    pub data: Data<'a>,
    /// The documents that it rests on.
    pub docs: List<Document<'a>>,
    /// The key of idempotency, chosen by the poster.
    pub id: EventId,
    /// The jurisdiction that it is an event of.
    pub jurisdiction: Code,
    /// The moment up to which it wants to be recorded.
    pub not_after: Option<NotAfter>,
    /// A remark.
    pub note: Option<Text<'a, 500>>,
    /// The newest head that the poster verified.
    pub seen: Option<Seen>,
}

impl Event<'_> {
    /// The form that fields have together, beyond what was checked as they were read.
    pub fn shape(&self) -> Result<(), Misshapen> {
        self.data.shape(&self.by)
    }
}

/// Makes the list of event types into [`Type`], [`Data`] and everything that goes through all of
/// them.
macro_rules! events {
    ($($variant:ident $(<$life:lifetime>)?),+ $(,)?) => {
        /// The type of an event.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Type { $(#[doc = concat!("See [`super::events::", stringify!($variant), "`].")] $variant),+ }

        /// The fields of an event, by its type.
        #[derive(Debug)]
        pub enum Data<'a> {
            $(#[doc = concat!("See [`super::events::", stringify!($variant), "`].")]
            $variant(super::events::$variant$(<$life>)?)),+
        }

        impl Type {
            /// Every type, in the order of the families.
            pub const ALL: &'static [Type] = &[$(Type::$variant),+];

            /// What is declared about the type.
            pub const fn spec(self) -> &'static Spec {
                match self { $(Type::$variant => &<super::events::$variant as Kind>::SPEC),+ }
            }

            /// The table of cases of the type.
            #[cfg(test)]
            pub const fn table(self) -> &'static str {
                match self { $(Type::$variant => <super::events::$variant as Kind>::TABLE),+ }
            }

            /// The JSON Schema of events of this type.
            pub fn schema(self) -> serde_json::Value {
                match self { $(Type::$variant => schema_of::<super::events::$variant>()),+ }
            }
        }

        impl<'a> Data<'a> {
            fn read<D: Deserializer<'a>>(kind: Type, from: D) -> Result<Data<'a>, D::Error> {
                match kind {
                    $(Type::$variant => {
                        super::events::$variant::deserialize(from).map(Data::$variant)
                    }),+
                }
            }

            /// The type.
            pub fn kind(&self) -> Type {
                match self { $(Data::$variant(_) => Type::$variant),+ }
            }

            fn shape(&self, by: &By<'a>) -> Result<(), Misshapen> {
                match self { $(Data::$variant(data) => data.shape(by)),+ }
            }

            pub(super) fn allows(&self, role: Role, standing: Standing) -> bool {
                match self { $(Data::$variant(data) => data.allows(role, standing)),+ }
            }

            pub(super) fn jurisdictions(&self, each: &mut dyn FnMut(Code)) {
                match self { $(Data::$variant(data) => data.jurisdictions(each)),+ }
            }

            pub(super) fn villages(&self, each: &mut dyn FnMut(Village)) {
                match self { $(Data::$variant(data) => data.villages(each)),+ }
            }

            pub(super) fn decide(&self, case: &Case<'_>) -> Result<Movements, Refusal> {
                match self { $(Data::$variant(data) => data.decide(case)),+ }
            }

            pub(super) fn introduce(&self, entry: &Entry<'_>, state: &mut State) {
                match self { $(Data::$variant(data) => data.introduce(entry, state)),+ }
            }

            pub(super) fn apply(&self, entry: &Entry<'_>, state: &mut State) {
                match self { $(Data::$variant(data) => data.apply(entry, state)),+ }
            }

            pub(super) fn take_back(&self, entry: &Entry<'_>, state: &mut State) {
                match self { $(Data::$variant(data) => data.take_back(entry, state)),+ }
            }
        }
    };
}

impl Type {
    /// The type of that name.
    pub fn parse(name: &str) -> Option<Type> {
        static BY_NAME: LazyLock<HashMap<&str, Type, FixedState>> =
            LazyLock::new(|| Type::ALL.iter().map(|kind| (kind.spec().name, *kind)).collect());
        BY_NAME.get(name).copied()
    }
}

events! {
    // ledger
    LedgerOpened<'a>,
    LedgerContinued<'a>,
    LogKeyChanged<'a>,
    WitnessRegistered<'a>,
    WitnessRetired<'a>,
    // registry
    JurisdictionRegistered<'a>,
    JurisdictionRenamed<'a>,
    PovertyStatusChanged,
    OrganizationRegistered<'a>,
    PrincipalRegistered<'a>,
    PrincipalKeyChanged<'a>,
    PrincipalRevoked<'a>,
    PolicySet<'a>,
    PairingDeclared<'a>,
    PairingEnded<'a>,
    DocumentFiled<'a>,
    // budget
    BudgetAdopted<'a>,
    BudgetAdjusted,
    FundsReceived<'a>,
    AllocationMade<'a>,
    AllocationRecalled<'a>,
    FundsWithdrawn<'a>,
    SurplusDeclared<'a>,
    SurplusReleased<'a>,
    // consolidation
    ConsolidationPlanFiled<'a>,
    FundsConsolidated<'a>,
    ConsolidationReleased<'a>,
    // project
    ProjectAdmitted<'a>,
    ProjectApproved<'a>,
    ProjectChanged<'a>,
    ProgressCertified<'a>,
    ProjectAccepted<'a>,
    ProjectClosed<'a>,
    ProjectCancelled<'a>,
    ProjectReopened<'a>,
    FundsCommitted<'a>,
    CommitmentReleased<'a>,
    // disbursement
    DisbursementMade<'a>,
    ReimbursementAccepted<'a>,
    DisbursementReturned<'a>,
    SpendingSubstituted<'a>,
    // donation
    DonationPledged<'a>,
    DonationReceived<'a>,
    ReceiptIssued<'a>,
    LookupReplaced<'a>,
    IntentAmended<'a>,
    DonationRefunded<'a>,
    FeedbackSent<'a>,
    FeedbackAcknowledged,
    FeedbackDisputed,
    // disclosure
    DisclosurePublished<'a>,
    ReportFiled<'a>,
    // supervision
    FindingRaised<'a>,
    FindingAnswered<'a>,
    RectificationOrdered<'a>,
    RectificationCompleted<'a>,
    FindingClosed<'a>,
    CaseTransferred<'a>,
    VerificationFiled<'a>,
    RecoveryOrdered<'a>,
    FundsRecovered<'a>,
    RecoveryReduced<'a>,
    // correction
    EntryReversed<'a>,
    PeriodClosed<'a>,
    PeriodReopened<'a>,
}
