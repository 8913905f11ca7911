//! The project library and the money arranged for projects (Article 17).

mod funds_committed;
mod project_admitted;
mod project_approved;

pub use funds_committed::FundsCommitted;
pub use project_admitted::ProjectAdmitted;
pub use project_approved::ProjectApproved;
