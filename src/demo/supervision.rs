//! Supervision: findings and what becomes of them, closed months, reports and plans.

use super::calendar::day;
use super::cast::{Cast, County, MARK};
use super::diary::{Act, Diary, Thread};
use super::irregular::Irregular;
use crate::base::EventId;
use serde_json::json;

/// What an auditor has found.
#[derive(Debug)]
pub struct Matter<'m> {
    /// The inspection's rule.
    pub rule: &'m str,
    /// The project that it is about.
    pub project: &'m str,
    /// `violation`, `risk` or `hint`.
    pub severity: &'m str,
    /// The sum in question, in fen.
    pub amount_fen: i64,
    /// The events that show it.
    pub evidence: Vec<EventId>,
    /// In words.
    pub text: &'m str,
}

/// What becomes of a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// Nobody has answered yet.
    Open,
    /// Answered, not mended.
    Answered,
    /// Answered, ordered, mended, closed.
    Rectified,
    /// Left open for a recovery.
    Transferable,
}

/// A finding on record.
#[derive(Debug)]
pub struct Found {
    /// Its id.
    pub id: String,
    /// When it was raised.
    pub thread: Thread,
}

/// The auditors raise a finding in a county after what a thread has done; it takes its course.
pub fn finding(
    diary: &mut Diary,
    cast: &Cast,
    county: &County,
    after: Thread,
    matter: &Matter<'_>,
    course: Course,
) -> Found {
    let number = diary.number(&format!("finding/{}", county.code));
    let id = format!("F{}-{number:02}", county.code);
    let mut thread = after;
    thread.pass(9);
    let evidence: Vec<String> = matter.evidence.iter().map(EventId::to_string).collect();
    let data = json!({
        "finding": id, "rule": matter.rule, "severity": matter.severity,
        "subjects": { "project": matter.project, "organization": county.finance.org },
        "amount_fen": matter.amount_fen, "evidence": evidence,
        "text": format!("{}{MARK}", matter.text),
    });
    let audit = |kind, data| Act::new(&cast.audit, kind, data).at(county.code);
    diary.write(&mut thread, audit("finding_raised", data));
    let raised = thread;
    if matches!(course, Course::Answered | Course::Rectified) {
        thread.pass(12);
        let data = json!({ "finding": id, "text": "情况属实,正在整改" });
        diary.write(&mut thread, Act::new(&county.finance, "finding_answered", data));
    }
    if course == Course::Rectified {
        thread.pass(4);
        let due = super::calendar::plus(thread.day, 60);
        let data = json!({ "finding": id, "due": due, "text": "限期整改" });
        diary.write(&mut thread, audit("rectification_ordered", data));
        thread.pass(35);
        let data = json!({ "finding": id, "evidence": [], "text": "已补充公示" });
        diary.write(&mut thread, Act::new(&county.finance, "rectification_completed", data));
        thread.pass(10);
        let data = json!({ "finding": id, "outcome": "rectified", "text": "整改到位,销号" });
        diary.write(&mut thread, audit("finding_closed", data));
    }
    Found { id, thread: raised }
}

/// Every fourth county is visited in autumn 督查巡查 (Article 14); a third of what is found is mended.
pub fn tour(diary: &mut Diary, cast: &Cast, county: &County) {
    if county.index % 4 != 1 {
        return;
    }
    let city = cast.city(county.city);
    let mut thread = Thread::from(day(2017, 9, 18));
    thread.pass(county.number() % 20);
    let data = json!({
        "kind": "supervision_tour", "year": 2017, "from": city.poverty.org, "to": cast.poverty.org,
        "about": county.code,
    });
    diary.write(&mut thread, Act::new(&city.poverty, "document_filed", data));
    thread.pass(3);
    let number = diary.number(&format!("finding/{}", county.code));
    let id = format!("F{}-{number:02}", county.code);
    let by_city = |kind, data| Act::new(&city.poverty, kind, data).at(county.code);
    let data = json!({
        "finding": id, "rule": "R03", "severity": "hint", "evidence": [],
        "subjects": { "jurisdiction": county.code }, "text": format!("支出进度偏慢{MARK}"),
    });
    diary.write(&mut thread, by_city("finding_raised", data));
    thread.pass(14);
    let data = json!({ "finding": id, "text": "已制定支出计划" });
    diary.write(&mut thread, Act::new(&county.finance, "finding_answered", data));
    if county.index.is_multiple_of(3) {
        thread.pass(50);
        let data = json!({ "finding": id, "outcome": "rectified", "text": "进度达到要求" });
        diary.write(&mut thread, by_city("finding_closed", data));
    }
}

/// The inspectors hand a case over: a county's gravest matter of the year.
pub fn transfer(diary: &mut Diary, cast: &Cast, county: &County, project: &str, after: Thread) {
    let mut thread = after;
    thread.pass(20);
    let number = diary.number(&format!("finding/{}", county.code));
    let id = format!("F{}-{number:02}", county.code);
    let inspector = |kind, data| Act::new(&cast.discipline, kind, data).at(county.code);
    let data = json!({
        "finding": id, "rule": "R19", "severity": "violation", "evidence": [],
        "subjects": { "project": project, "organization": county.units[2].org },
        "text": format!("公款转入个人账户{MARK}"),
    });
    diary.write(&mut thread, inspector("finding_raised", data));
    thread.pass(15);
    let data = json!({ "finding": id, "to_body": "县监察机关(示例)", "text": "移送处理" });
    diary.write(&mut thread, inspector("case_transferred", data));
}

/// Months are closed when all their entries are in: the first quarter by everybody, the second by a
/// third of the counties and their charities.
pub fn close_months(diary: &mut Diary, cast: &Cast, county: &County) {
    let mut thread = Thread::from(day(2017, 4, 24));
    thread.pass(county.number() % 5);
    close(diary, county, &mut thread, &["2017-01", "2017-02", "2017-03"]);
    if Irregular::Reopened.is_in(county.index, cast.counties.len()) {
        reopen(diary, cast, county);
    }
    if county.index.is_multiple_of(3) {
        let mut thread = Thread::from(day(2017, 8, 7));
        close(diary, county, &mut thread, &["2017-04", "2017-05", "2017-06"]);
    }
}

fn close(diary: &mut Diary, county: &County, thread: &mut Thread, months: &[&str]) {
    for month in months {
        let data = json!({ "period": month });
        diary.write(thread, Act::new(&county.finance, "period_closed", data));
    }
    if county.index.is_multiple_of(3) {
        for month in months {
            let data = json!({ "period": month, "custodian": county.charity.org });
            diary.write(thread, Act::new(&county.charity, "period_closed", data));
        }
    }
}

/// The city opens the county's March again; a forgotten receipt is entered; March is closed.
fn reopen(diary: &mut Diary, cast: &Cast, county: &County) {
    let mut thread = Thread::from(day(2017, 5, 22));
    let data = json!({ "period": "2017-03", "reason": "漏记一笔利息收入" });
    let city = cast.city(county.city);
    diary.write(&mut thread, Act::new(&city.finance, "period_reopened", data).at(county.code));
    let recorded = thread.recorded;
    let mut forgotten = Thread { day: day(2017, 3, 21), recorded };
    let data = json!({
        "lot": format!("2017-{}-interest-q1", county.code), "fund": "interest", "fiscal_year": 2017,
        "amount_fen": 186_300 + 7 * county.number(), "provider": "县农村信用联社(示例)",
        "purpose": [], "of_lot": "2017-central-01",
    });
    diary.write(&mut forgotten, Act::new(&county.finance, "funds_received", data));
    thread.wait(Thread { day: thread.day, recorded: forgotten.recorded }).pass(2);
    let data = json!({ "period": "2017-03" });
    diary.write(&mut thread, Act::new(&county.finance, "period_closed", data));
}

/// Plans at the beginning of the year, reports after each quarter and after the year.
pub fn file(diary: &mut Diary, cast: &Cast, county: &County) {
    let careless = Irregular::NothingFiled.is_in(county.index, cast.counties.len());
    let city = cast.city(county.city);
    let mut thread = Thread::from(day(2017, 1, 18));
    for kind in ["pledge", "annual_plan", "special_plan"] {
        if careless && kind == "annual_plan" {
            continue;
        }
        let data = json!({
            "kind": kind, "year": 2017, "from": county.poverty.org, "to": city.poverty.org,
        });
        diary.write(&mut thread, Act::new(&county.poverty, "document_filed", data));
        thread.pass(3);
    }
    let quarters = [
        ("2017-Q1", (2017, 4)),
        ("2017-Q2", (2017, 7)),
        ("2017-Q3", (2017, 10)),
        ("2017-Q4", (2018, 1)),
    ];
    for (period, (year, month)) in quarters {
        if careless && period == "2017-Q3" {
            continue;
        }
        let mut thread = Thread::from(day(year, month, 11));
        thread.pass(county.number() % 6);
        report(diary, county, &mut thread, "quarterly", period, &city.finance.org);
    }
    let mut thread = Thread::from(day(2018, 2, 5));
    report(diary, county, &mut thread, "annual", "2017", &city.finance.org);
}

/// A report's figures are filled in when it is posted: they are what stands then.
fn report(
    diary: &mut Diary,
    county: &County,
    thread: &mut Thread,
    kind: &str,
    period: &str,
    to: &str,
) {
    let data = json!({ "kind": kind, "period": period, "to": to });
    diary.write(thread, Act::new(&county.finance, "report_filed", data));
}
