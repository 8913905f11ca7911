//! Who and what the ledger knows (Articles 2, 3, 7, 9, 22 to 24).

mod jurisdiction_registered;
mod organization_registered;
mod principal_registered;

pub use jurisdiction_registered::JurisdictionRegistered;
pub use organization_registered::OrganizationRegistered;
pub use principal_registered::PrincipalRegistered;
