//! Money paid out of projects and accounted for (Article 17).

mod disbursement_made;
mod disbursement_returned;
mod reimbursement_accepted;
mod spending_substituted;

pub use disbursement_made::{DisbursementKind, DisbursementMade, Method};
pub use disbursement_returned::DisbursementReturned;
pub use reimbursement_accepted::ReimbursementAccepted;
pub use spending_substituted::SpendingSubstituted;
