//! Quota documents and their way down the levels (Articles 4, 5, 12, 16).

mod allocation_made;
mod allocation_recalled;
mod budget_adjusted;
mod budget_adopted;
mod funds_received;
mod funds_withdrawn;
mod surplus_declared;
mod surplus_released;

pub use allocation_made::AllocationMade;
pub use allocation_recalled::AllocationRecalled;
pub use budget_adjusted::BudgetAdjusted;
pub use budget_adopted::BudgetAdopted;
pub use funds_received::FundsReceived;
pub use funds_withdrawn::{FundsWithdrawn, WithdrawalReason, WithdrawnFrom};
pub use surplus_declared::SurplusDeclared;
pub use surplus_released::SurplusReleased;
