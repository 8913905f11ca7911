//! Gifts and what their donors hear (Articles 26, 28).

mod donation_received;

pub use donation_received::DonationReceived;
