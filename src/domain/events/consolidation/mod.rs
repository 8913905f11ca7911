//! Consolidation of agriculture-related money by poor counties (Articles 5, 17).

mod consolidation_plan_filed;
mod consolidation_released;
mod funds_consolidated;

pub use consolidation_plan_filed::{ConsolidationPlanFiled, PlannedLine};
pub use consolidation_released::ConsolidationReleased;
pub use funds_consolidated::FundsConsolidated;
