//! Which answers are open to which reader: one table, asked by every route.
//!
//! A route asks for its [`What`] and gets an [`Extent`]; it holds no right of its own. The table
//! is printed, role by answer, to `tests/golden/reading.txt` and held there.

use super::viewer::Viewer;
use crate::base::words::vocabulary;
use crate::domain::role::Role;

vocabulary! {
    /// What can be asked for.
    pub enum What {
        Ledger "ledger" "账本概况" "Ledger, jurisdictions and policies",
        Proofs "proofs" "检查点与证明" "Checkpoints, hash tiles and proofs",
        Totals "totals" "分地区分资金合计" "Totals by jurisdiction, fund and year",
        Disclosures "disclosures" "公开公示" "Disclosures",
        Projects "projects" "项目" "Projects and their payments",
        Lots "lots" "逐笔资金" "Lots one by one",
        Payees "payees" "收款单位" "Payees",
        Donations "donations" "捐赠" "Gifts one by one",
        FeedbackDue "feedback_due" "待反馈" "Feedback due",
        GiftAnswer "gift_answer" "捐赠人答复" "Acknowledging or disputing feedback",
        Lists "lists" "例外、冲销、退回、迟记" "Exceptions, reversals, returns, late entries",
        Inspections "inspections" "稽核" "Inspections",
        Findings "findings" "问题" "Findings",
        Records "records" "记账记录" "Records",
        Evidence "evidence" "附件" "Evidence",
        RecordExport "record_export" "记录导出" "Export of records",
        Stream "stream" "实时流" "Stream",
        EntryBundles "entry_bundles" "记录包" "Entry bundles",
        PastPosition "past_position" "历史时点" "Past positions",
        Post "post" "记账" "Posting and dry runs",
        AccessLog "access_log" "查阅日志" "Access log",
        Metrics "metrics" "运行指标" "Metrics",
    }
}

/// How far an answer is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Extent {
    /// Not at all: as if it were not there.
    Nothing,
    /// As far as it follows from records that are visible.
    Seen,
    /// For the scope and all below it, and beyond it as far as records are visible.
    Scope,
    /// Altogether.
    All,
}

/// How far an answer is open to a viewer.
pub fn extent(viewer: &Viewer, what: What) -> Extent {
    let more = match viewer {
        Viewer::Public => Extent::Nothing,
        Viewer::Gift(_) => to_holder_of_code(what),
        Viewer::Principal(one) => to_role(one.role, what),
    };
    more.max(to_public(what))
}

/// May the viewer export records? An export is the bytes of all of them, so all must be open.
pub fn may_export(viewer: &Viewer) -> bool {
    extent(viewer, What::RecordExport) == Extent::All
}

/// May the viewer follow the stream? It tells of every record, and none is left out.
pub fn may_stream(viewer: &Viewer) -> bool {
    extent(viewer, What::Stream) == Extent::All
}

/// Is what was asked for told in the access log? All that is not for everybody is; a bureau's own
/// posts are records themselves.
pub fn is_logged(what: What) -> bool {
    to_public(what) < Extent::All && !matches!(what, What::Post | What::GiftAnswer | What::Metrics)
}

/// What is open to anybody.
fn to_public(what: What) -> Extent {
    match what {
        What::Ledger | What::Proofs | What::Totals | What::Disclosures | What::Projects => {
            Extent::All
        }
        // A document that a disclosure names is as public as the disclosure.
        What::Evidence => Extent::Seen,
        What::Lots
        | What::Payees
        | What::Donations
        | What::FeedbackDue
        | What::GiftAnswer
        | What::Lists
        | What::Inspections
        | What::Findings
        | What::Records
        | What::RecordExport
        | What::Stream
        | What::EntryBundles
        | What::PastPosition
        | What::Post
        | What::AccessLog
        | What::Metrics => Extent::Nothing,
    }
}

/// What a look-up code opens beyond that: the records of its one gift.
fn to_holder_of_code(what: What) -> Extent {
    match what {
        What::Lots | What::Donations | What::FeedbackDue | What::Records => Extent::Seen,
        What::GiftAnswer => Extent::All,
        What::Ledger
        | What::Proofs
        | What::Totals
        | What::Disclosures
        | What::Projects
        | What::Payees
        | What::Lists
        | What::Inspections
        | What::Findings
        | What::Evidence
        | What::RecordExport
        | What::Stream
        | What::EntryBundles
        | What::PastPosition
        | What::Post
        | What::AccessLog
        | What::Metrics => Extent::Nothing,
    }
}

/// What a live grant opens beyond what is open to anybody.
fn to_role(role: Role, what: What) -> Extent {
    let all_if = |may: bool| if may { Extent::All } else { Extent::Nothing };
    let gives = matches!(role, Role::Donor | Role::HelperUnit);
    match what {
        What::Ledger | What::Proofs | What::Totals | What::Disclosures | What::Projects => {
            Extent::All
        }
        What::AccessLog => all_if(matches!(role, Role::Operator | Role::Inspector)),
        What::Metrics => all_if(role == Role::Operator),
        What::Post => all_if(!matches!(role, Role::Mirror | Role::Observer)),
        What::GiftAnswer => all_if(gives),
        What::PastPosition => Extent::All,
        What::RecordExport | What::Stream | What::EntryBundles => all_if(role.reads_all()),
        _ if role.reads_all() => Extent::All,
        What::Lots | What::Inspections if role == Role::Bureau => Extent::Scope,
        What::Records | What::Evidence => Extent::Seen,
        What::Lots | What::Donations | What::FeedbackDue => match role {
            Role::Observer => Extent::Nothing,
            _ => Extent::Seen,
        },
        What::Payees | What::Lists | What::Inspections | What::Findings => {
            match gives || role == Role::Observer {
                true => Extent::Nothing,
                false => Extent::Seen,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_has_less_than_the_public() {
        for what in What::ALL {
            let gift = Viewer::Gift("G1".into());
            assert!(extent(&gift, *what) >= extent(&Viewer::Public, *what), "{what}");
        }
    }

    #[test]
    fn what_everybody_gets_is_not_logged_and_the_rest_is() {
        assert!(!is_logged(What::Totals));
        assert!(is_logged(What::Records) && is_logged(What::AccessLog) && is_logged(What::Stream));
    }
}
