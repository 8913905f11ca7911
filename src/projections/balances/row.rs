//! A row of balances: its columns, its rates, and the totals of many.
//!
//! Sums only; which movement adds to which column is decided by the fold ([`super`]).

use super::Sums;
use crate::domain::fund::Class;
use crate::domain::place::PlaceKind;
use serde::Serialize;

/// A row of balances; amounts in fen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The jurisdiction's code.
    pub jurisdiction: String,
    /// Its present name.
    pub name: String,
    /// `fiscal` or `social`.
    pub class: &'static str,
    /// The fund, where rows are by fund.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fund: Option<&'static str>,
    /// The fiscal year, where rows are by year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fiscal_year: Option<u16>,
    /// The lot, where rows are by lot.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// The tier of government that the money comes from, where rows are by tier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<&'static str>,
    /// Came in from outside.
    pub received_fen: i128,
    /// Came down from a level above.
    pub allocated_in_fen: i128,
    /// Went down to a level below.
    pub allocated_out_fen: i128,
    /// Came back up from a level below.
    pub recalled_in_fen: i128,
    /// Went back up to a level above.
    pub recalled_out_fen: i128,
    /// Went outside as cut, returned or paid into the treasury.
    pub withdrawn_fen: i128,
    /// Went back to a donor.
    pub refunded_fen: i128,
    /// Not yet arranged.
    pub available_fen: i128,
    /// Consolidated, not yet arranged.
    pub consolidated_fen: i128,
    /// Arranged for projects.
    pub committed_fen: i128,
    /// Paid in advance, not yet accounted for.
    pub advanced_fen: i128,
    /// Spent.
    pub spent_fen: i128,
    /// Left over.
    pub surplus_fen: i128,
    /// To be paid back.
    pub reclaim_fen: i128,
    /// Spent of what stands, in basis points; fiscal only (支出进度).
    pub execution_bp: Option<i128>,
    /// Passed on of what stood, in basis points; fiscal only (下达进度).
    pub passed_on_bp: Option<i128>,
}

impl Row {
    pub(super) fn add(&mut self, sums: &Sums) {
        let standing = |kind: PlaceKind| sums.standing[kind as usize];
        self.received_fen += sums.received;
        self.withdrawn_fen += sums.withdrawn;
        self.refunded_fen += sums.refunded;
        self.available_fen += standing(PlaceKind::Available);
        self.consolidated_fen += standing(PlaceKind::Consolidated);
        self.committed_fen += standing(PlaceKind::Committed);
        self.advanced_fen += standing(PlaceKind::Advanced);
        self.spent_fen += standing(PlaceKind::Spent);
        self.surplus_fen += standing(PlaceKind::Surplus);
        self.reclaim_fen += standing(PlaceKind::Reclaim);
    }

    /// The columns of money, in their order.
    pub fn columns(&self) -> [i128; 14] {
        [
            self.received_fen,
            self.allocated_in_fen,
            self.allocated_out_fen,
            self.recalled_in_fen,
            self.recalled_out_fen,
            self.withdrawn_fen,
            self.refunded_fen,
            self.available_fen,
            self.consolidated_fen,
            self.committed_fen,
            self.advanced_fen,
            self.spent_fen,
            self.surplus_fen,
            self.reclaim_fen,
        ]
    }

    fn columns_mut(&mut self) -> [&mut i128; 14] {
        [
            &mut self.received_fen,
            &mut self.allocated_in_fen,
            &mut self.allocated_out_fen,
            &mut self.recalled_in_fen,
            &mut self.recalled_out_fen,
            &mut self.withdrawn_fen,
            &mut self.refunded_fen,
            &mut self.available_fen,
            &mut self.consolidated_fen,
            &mut self.committed_fen,
            &mut self.advanced_fen,
            &mut self.spent_fen,
            &mut self.surplus_fen,
            &mut self.reclaim_fen,
        ]
    }

    /// What stands in all places together.
    pub fn standing(&self) -> i128 {
        self.columns()[7..].iter().sum()
    }

    /// Adds another row's columns, and rates the sum anew.
    pub fn join(&mut self, other: &Row) {
        for (sum, fen) in self.columns_mut().into_iter().zip(other.columns()) {
            *sum += fen;
        }
        self.rate();
    }

    /// What stands in the places of a kind; outside nothing stands.
    pub fn place(&self, kind: PlaceKind) -> i128 {
        match kind {
            PlaceKind::Outside => 0,
            PlaceKind::Available => self.available_fen,
            PlaceKind::Consolidated => self.consolidated_fen,
            PlaceKind::Committed => self.committed_fen,
            PlaceKind::Advanced => self.advanced_fen,
            PlaceKind::Spent => self.spent_fen,
            PlaceKind::Surplus => self.surplus_fen,
            PlaceKind::Reclaim => self.reclaim_fen,
        }
    }

    /// Adds to what stands in the places of a kind, and rates the row anew.
    pub fn put(&mut self, kind: PlaceKind, fen: i128) {
        let place = match kind {
            PlaceKind::Outside => return,
            PlaceKind::Available => &mut self.available_fen,
            PlaceKind::Consolidated => &mut self.consolidated_fen,
            PlaceKind::Committed => &mut self.committed_fen,
            PlaceKind::Advanced => &mut self.advanced_fen,
            PlaceKind::Spent => &mut self.spent_fen,
            PlaceKind::Surplus => &mut self.surplus_fen,
            PlaceKind::Reclaim => &mut self.reclaim_fen,
        };
        *place += fen;
        self.rate();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.columns().iter().all(|fen| *fen == 0)
    }

    /// What rows are ordered by.
    pub(super) fn order(&self) -> impl Ord + '_ {
        (
            &self.jurisdiction,
            self.class,
            self.fund,
            self.fiscal_year,
            self.lot.as_deref(),
            self.tier,
        )
    }

    /// The rates, from the row's own sums; a rate of nothing is none.
    pub(super) fn rate(&mut self) {
        if self.class != Class::Fiscal.code() {
            return;
        }
        let rate = |part: i128, whole: i128| (whole > 0).then(|| part * 10_000 / whole);
        let standing = self.standing();
        let passed_on = self.allocated_out_fen - self.recalled_in_fen;
        self.execution_bp = rate(self.spent_fen, standing);
        self.passed_on_bp = rate(passed_on, passed_on + standing);
    }
}

/// The sums of the rows of each jurisdiction and class, in the order of the rows.
pub(super) fn totals(rows: &[Row]) -> Vec<Row> {
    let mut totals: Vec<Row> = Vec::new();
    for row in rows {
        let same = |total: &Row| total.jurisdiction == row.jurisdiction && total.class == row.class;
        if !totals.last().is_some_and(same) {
            totals.push(Row {
                jurisdiction: row.jurisdiction.clone(),
                name: row.name.clone(),
                class: row.class,
                ..Row::default()
            });
        }
        totals.last_mut().expect("a total was just added").join(row);
    }
    totals
}
