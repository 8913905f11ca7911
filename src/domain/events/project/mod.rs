//! The project library and the money arranged for projects (Article 17).

mod commitment_released;
mod funds_committed;
mod progress_certified;
mod project_accepted;
mod project_admitted;
mod project_approved;
mod project_cancelled;
mod project_changed;
mod project_closed;
mod project_reopened;

pub use commitment_released::CommitmentReleased;
pub use funds_committed::FundsCommitted;
pub(super) use funds_committed::{fits_project, remember_wishes};
pub use progress_certified::ProgressCertified;
pub use project_accepted::ProjectAccepted;
pub use project_admitted::ProjectAdmitted;
pub use project_approved::ProjectApproved;
pub use project_cancelled::ProjectCancelled;
pub use project_changed::{ProjectChanged, ProjectChanges};
pub use project_closed::ProjectClosed;
pub use project_reopened::ProjectReopened;
