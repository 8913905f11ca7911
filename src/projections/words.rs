//! What the words of events are called, for those who print a record from its own text: types of
//! events and the closed lists of their fields.
//!
//! The labels stand where each list is declared; here is only the way to them by a code.

use crate::base::words::Label;
use crate::domain::Type;
use crate::domain::events::{
    Anonymity, DisbursementKind, DisclosureChannel, DisclosureLevel, DocumentKind, DonorKind,
    FeedbackChannel, FeedbackKind, Method, Outcome, ReductionReason, RefundReason, ReportKind,
    Severity, SubjectKind, Verdict, WithdrawalReason,
};
use crate::domain::fund::{Category, Class, Fund};
use crate::domain::parts::{BasisKind, Fallback, VoucherKind};
use crate::domain::place::PlaceKind;
use crate::domain::policy::PolicyKey;
use crate::domain::role::Role;
use crate::domain::state::{OrganizationKind, PovertyStatus};

/// What a type of event is called; none for a type that is not known.
pub fn event(name: &str) -> Option<Label> {
    Type::parse(name).map(|kind| kind.spec().label)
}

/// What a kind of place is called.
pub fn place(code: &str) -> Option<Label> {
    PlaceKind::parse(code).map(PlaceKind::label)
}

/// What a word of the field of that name is called; none for a word that has no list.
///
/// A word may stand in several lists, so the field and the type decide where it is looked for.
pub fn word(kind: &str, field: &str, code: &str) -> Option<Label> {
    match (kind, field) {
        (_, "fund" | "sources") => Fund::parse(code).map(Fund::label),
        (_, "class") => Class::parse(code).map(Class::label),
        (_, "category" | "categories") => Category::parse(code).map(Category::label),
        (_, "role") => Role::parse(code).map(Role::label),
        (_, "method") => Method::parse(code).map(Method::label),
        (_, "severity") => Severity::parse(code).map(Severity::label),
        (_, "outcome") => Outcome::parse(code).map(Outcome::label),
        (_, "verdict") => Verdict::parse(code).map(Verdict::label),
        (_, "anonymity") => Anonymity::parse(code).map(Anonymity::label),
        (_, "donor_kind") => DonorKind::parse(code).map(DonorKind::label),
        (_, "basis/kind") => BasisKind::parse(code).map(BasisKind::label),
        (_, "vouchers/kind") => VoucherKind::parse(code).map(VoucherKind::label),
        (_, "fallback" | "intent/fallback") => Fallback::parse(code).map(Fallback::label),
        (_, "subject/kind") => SubjectKind::parse(code).map(SubjectKind::label),
        (_, "poverty_status") => PovertyStatus::parse(code).map(PovertyStatus::label),
        (_, "key") => PolicyKey::parse(code).map(PolicyKey::label),
        ("poverty_status_changed", "from" | "to") => {
            PovertyStatus::parse(code).map(PovertyStatus::label)
        }
        ("funds_withdrawn" | "recovery_ordered" | "funds_committed", "from") => place(code),
        ("commitment_released", "to") => place(code),
        ("disclosure_published", "channel") => {
            DisclosureChannel::parse(code).map(DisclosureChannel::label)
        }
        ("disclosure_published", "level") => {
            DisclosureLevel::parse(code).map(DisclosureLevel::label)
        }
        ("feedback_sent", "channel") => FeedbackChannel::parse(code).map(FeedbackChannel::label),
        ("feedback_sent", "kind") => FeedbackKind::parse(code).map(FeedbackKind::label),
        ("disbursement_made", "kind") => DisbursementKind::parse(code).map(DisbursementKind::label),
        ("document_filed", "kind") => DocumentKind::parse(code).map(DocumentKind::label),
        ("report_filed", "kind") => ReportKind::parse(code).map(ReportKind::label),
        ("organization_registered", "kind") => {
            OrganizationKind::parse(code).map(OrganizationKind::label)
        }
        ("donation_refunded", "reason") => RefundReason::parse(code).map(RefundReason::label),
        ("funds_withdrawn", "reason") => WithdrawalReason::parse(code).map(WithdrawalReason::label),
        ("recovery_reduced", "reason") => ReductionReason::parse(code).map(ReductionReason::label),
        _ => None,
    }
}
