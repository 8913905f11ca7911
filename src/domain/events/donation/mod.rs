//! Gifts and what their donors hear (Articles 26, 28).

mod donation_pledged;
mod donation_received;
mod donation_refunded;
mod feedback_acknowledged;
mod feedback_disputed;
mod feedback_sent;
mod intent_amended;
mod lookup_replaced;
mod receipt_issued;
mod receipts;
mod whose;

pub use donation_pledged::DonationPledged;
pub use donation_received::{Anonymity, DonationReceived, DonorKind};
pub use donation_refunded::{DonationRefunded, RefundReason};
pub use feedback_acknowledged::FeedbackAcknowledged;
pub use feedback_disputed::FeedbackDisputed;
pub use feedback_sent::{FeedbackChannel, FeedbackKind, FeedbackSent};
pub use intent_amended::IntentAmended;
pub use lookup_replaced::LookupReplaced;
pub use receipt_issued::ReceiptIssued;

#[cfg(test)]
mod tests;
