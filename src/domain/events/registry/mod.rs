//! Who and what the ledger knows (Articles 2, 3, 7, 9, 22 to 24).

mod document_filed;
mod jurisdiction_registered;
mod jurisdiction_renamed;
mod organization_registered;
mod pairing_declared;
mod pairing_ended;
mod policy_set;
mod poverty_status_changed;
mod principal_key_changed;
mod principal_registered;
mod principal_revoked;

pub use document_filed::{DocumentFiled, DocumentKind};
pub use jurisdiction_registered::JurisdictionRegistered;
pub use jurisdiction_renamed::JurisdictionRenamed;
pub use organization_registered::OrganizationRegistered;
pub use pairing_declared::{Helped, PairingDeclared};
pub use pairing_ended::PairingEnded;
pub use policy_set::PolicySet;
pub use poverty_status_changed::PovertyStatusChanged;
pub use principal_key_changed::PrincipalKeyChanged;
pub use principal_registered::{PrincipalRegistered, Signing};
pub use principal_revoked::PrincipalRevoked;
