//! Supervision (Articles 6, 11, 17): findings and what becomes of them, verifications of the ledger
//! itself, and the recovery of money.

mod case_transferred;
mod finding_answered;
mod finding_closed;
mod finding_raised;
mod funds_recovered;
mod orders;
mod recovery_ordered;
mod recovery_reduced;
mod rectification_completed;
mod rectification_ordered;
mod rights;
mod verification_filed;

pub use case_transferred::CaseTransferred;
pub use finding_answered::FindingAnswered;
pub use finding_closed::{FindingClosed, Outcome};
pub use finding_raised::{FindingRaised, Severity, Subjects};
pub use funds_recovered::FundsRecovered;
pub use recovery_ordered::{RecoveryFrom, RecoveryOrdered};
pub use recovery_reduced::{RecoveryReduced, ReductionReason};
pub use rectification_completed::RectificationCompleted;
pub use rectification_ordered::RectificationOrdered;
pub use verification_filed::{Verdict, VerificationFiled};
