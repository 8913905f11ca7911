//! Who may read what: the one place that decides it, for every route, page, list and stream.
//!
//! A reader is a [`Viewer`]: the public, a principal of a live grant, or whoever holds a gift's
//! look-up code. [`What`] says which answers are open to whom, [`visible`] which records, and
//! [`may_see_details`] how much of a refusal. Nothing else in the program holds a right to read.
//! Beside it stand what opens a reader's door (tokens, sessions, codes), and the access log.
//!
//! Rights come from the records alone ([`Register`], a pure fold); only tokens and the log are
//! files of their own, in `access/`, outside the chain (design section 8).

pub mod cells;
pub mod codes;
pub mod details;
mod files;
pub mod gift_sessions;
pub mod grants;
pub mod log;
pub mod reading;
pub mod register;
pub mod sessions;
pub mod tokens;
pub mod viewer;
pub mod what;

pub use crate::domain::role::Role;
pub use codes::Codes;
pub use details::{Shown, may_see_details, shown};
pub use gift_sessions::GiftSessions;
pub use grants::{Grant, Grants};
pub use log::{AccessLog, Line};
pub use reading::{Facts, Sight, sight, visible};
pub use register::Register;
pub use sessions::Sessions;
pub use tokens::Tokens;
pub use viewer::{Principal, Viewer};
pub use what::{Extent, What, extent, may_export, may_stream};
