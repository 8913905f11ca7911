//! What people call the words of a body's closed lists, found by the list that a schema prints.
//!
//! A form is built from a schema alone; it asks here for the labels of its choices.

use crate::base::words::Label;
use crate::domain::events::{
    Anonymity, DisbursementKind, DisclosureChannel, DisclosureLevel, DocumentKind, DonorKind,
    FeedbackChannel, FeedbackKind, Method, Outcome, RecoveryFrom, ReductionReason, RefundReason,
    ReportKind, Severity, Signing, SubjectKind, Verdict, WithdrawalReason, WithdrawnFrom,
};
use crate::domain::fund::{Category, Class, Fund, Level};
use crate::domain::parts::{BasisKind, Fallback, From, VoucherKind};
use crate::domain::policy::{PolicyKey, Unit};
use crate::domain::role::Role;
use crate::domain::state::{OrganizationKind, PairingKind, PovertyStatus};

/// Gives the labels of the first list that holds exactly these words in this order.
macro_rules! lists {
    ($words:expr, $($list:ident),+ $(,)?) => {
        $(if $words.iter().copied().eq($list::ALL.iter().map(|word| word.code())) {
            return Some($list::ALL.iter().map(|word| word.label()).collect());
        })+
    };
}

/// The labels of a closed list of words, in its order; none for a list that no body has.
pub fn labels_of(words: &[&str]) -> Option<Vec<Label>> {
    lists!(
        words,
        Anonymity,
        BasisKind,
        Category,
        Class,
        DisbursementKind,
        DisclosureChannel,
        DisclosureLevel,
        DocumentKind,
        DonorKind,
        Fallback,
        FeedbackChannel,
        FeedbackKind,
        From,
        Fund,
        Level,
        Method,
        OrganizationKind,
        Outcome,
        PairingKind,
        PolicyKey,
        PovertyStatus,
        RecoveryFrom,
        ReductionReason,
        RefundReason,
        ReportKind,
        Role,
        Severity,
        Signing,
        SubjectKind,
        Unit,
        Verdict,
        VoucherKind,
        WithdrawalReason,
        WithdrawnFrom,
    );
    None
}
