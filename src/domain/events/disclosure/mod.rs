//! What the public and the levels above are told (Articles 4, 10, 11, 15, 17).

mod disclosure_published;
mod report_filed;

pub use disclosure_published::{
    DisclosureChannel, DisclosureLevel, DisclosurePublished, Subject, SubjectKind,
};
pub use report_filed::{Period, ReportFiled, ReportKind};
