//! The pillar that knows bytes: canonical JSON, records, the tree over them, signed heads.
//!
//! One file per public format, each specified in `schemas/record.md` so exactly that a stranger can
//! write another verifier. Nothing here knows money or touches a disk, a network or a clock.

pub mod add_checkpoint;
pub mod canonical;
pub mod characters;
pub mod checkpoint;
pub mod glance;
pub mod merkle;
pub mod movement;
pub mod note;
pub mod policy;
pub mod proof;
pub mod record;
pub mod roots;
pub mod signature;
pub mod tile;
pub mod verdict;

pub use canonical::Malformed;
pub use checkpoint::Checkpoint;
pub use glance::Glance;
pub use movement::Movement;
pub use record::Record;
pub use signature::Signature;
