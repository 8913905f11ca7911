//! Money paid out of projects and accounted for (Article 17).

mod disbursement_made;

pub use disbursement_made::DisbursementMade;
