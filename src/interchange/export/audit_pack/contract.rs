//! The contract that goes with the records: what a stranger needs to verify them, embedded as it
//! stands in `schemas/` and `tools/`, so that a pack needs nothing but itself.
//!
//! Only files of the repository are embedded here; a test holds the list of schemas to the events.

/// A file: its path in the pack and its text.
pub type File = (&'static str, &'static str);

macro_rules! schemas {
    ($($name:literal)+) => {
        &[$((
            concat!("schemas/event/", $name, ".json"),
            include_str!(concat!("../../../../schemas/event/", $name, ".json")),
        ),)+]
    };
}

/// The second verifier.
pub const VERIFIER: File = ("verify.py", include_str!("../../../../tools/verify.py"));

/// The pages that verifiers are written from.
pub const PAGES: &[File] = &[
    ("schemas/characters.txt", include_str!("../../../../schemas/characters.txt")),
    ("schemas/events.md", include_str!("../../../../schemas/events.md")),
    ("schemas/record.md", include_str!("../../../../schemas/record.md")),
    ("schemas/refusals.md", include_str!("../../../../schemas/refusals.md")),
];

/// The schema of every event.
#[rustfmt::skip]
pub const SCHEMAS: &[File] = schemas! {
    "allocation_made"
    "allocation_recalled"
    "budget_adjusted"
    "budget_adopted"
    "case_transferred"
    "commitment_released"
    "consolidation_plan_filed"
    "consolidation_released"
    "disbursement_made"
    "disbursement_returned"
    "disclosure_published"
    "document_filed"
    "donation_pledged"
    "donation_received"
    "donation_refunded"
    "entry_reversed"
    "feedback_acknowledged"
    "feedback_disputed"
    "feedback_sent"
    "finding_answered"
    "finding_closed"
    "finding_raised"
    "funds_committed"
    "funds_consolidated"
    "funds_received"
    "funds_recovered"
    "funds_withdrawn"
    "intent_amended"
    "jurisdiction_registered"
    "jurisdiction_renamed"
    "ledger_continued"
    "ledger_opened"
    "log_key_changed"
    "lookup_replaced"
    "organization_registered"
    "pairing_declared"
    "pairing_ended"
    "period_closed"
    "period_reopened"
    "policy_set"
    "poverty_status_changed"
    "principal_key_changed"
    "principal_registered"
    "principal_revoked"
    "progress_certified"
    "project_accepted"
    "project_admitted"
    "project_approved"
    "project_cancelled"
    "project_changed"
    "project_closed"
    "project_reopened"
    "receipt_issued"
    "recovery_ordered"
    "recovery_reduced"
    "rectification_completed"
    "rectification_ordered"
    "reimbursement_accepted"
    "report_filed"
    "spending_substituted"
    "surplus_declared"
    "surplus_released"
    "verification_filed"
    "witness_registered"
    "witness_retired"
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Type;

    #[test]
    fn every_event_has_its_schema_here() {
        let mut expected: Vec<String> = Type::ALL
            .iter()
            .map(|kind| format!("schemas/event/{}.json", kind.spec().name))
            .collect();
        expected.sort();
        assert_eq!(SCHEMAS.iter().map(|(path, _)| *path).collect::<Vec<_>>(), expected);
    }
}
