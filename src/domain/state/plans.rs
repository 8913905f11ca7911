//! Consolidation plans: which line a lot counts under, and what is used of each line (Article 17).
//!
//! Use stays with the line under which it was consolidated, whatever later versions say. So each
//! event remembers which lines it used or freed, and its reversal gives back exactly these.

use super::{Lot, LotId, PlanId, PlanLine, State};
use crate::base::Fen;
use serde::{Deserialize, Serialize};

/// What an event used or freed of a plan's lines for one lot.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct LinesUsed(Vec<(PlanLine, Fen)>);

impl State {
    /// The line of the newest version that a lot counts under: its item's, else its fund's.
    pub fn plan_line_of(&self, plan: PlanId, lot: &Lot) -> Option<PlanLine> {
        let lines = [lot.item.map(PlanLine::Item), Some(PlanLine::Fund(lot.fund))];
        lines.into_iter().flatten().find(|line| {
            let row = self.plan_lines.get(&(plan, *line));
            row.is_some_and(|row| row.planned.is_some())
        })
    }

    /// Every line that any version of a plan had.
    pub fn plan_lines_filed(&self, plan: PlanId) -> Vec<PlanLine> {
        self.plans.at(plan.index()).1.lines.clone()
    }

    /// What people call a line: its item, or its fund.
    pub fn plan_line_name(&self, line: PlanLine) -> &str {
        match line {
            PlanLine::Item(item) => self.party_name(item),
            PlanLine::Fund(fund) => fund.code(),
        }
    }

    /// What is used of a line of a plan: consolidated less released, ever.
    pub fn plan_line_used(&self, plan: PlanId, line: PlanLine) -> Fen {
        self.plan_lines.get(&(plan, line)).map(|row| row.used.fen()).unwrap_or_default()
    }

    /// What a line of a plan has left.
    pub fn plan_line_left(&self, plan: PlanId, line: PlanLine) -> Fen {
        let row = self.plan_lines.get(&(plan, line));
        row.map(|row| row.planned.unwrap_or_default().less(row.used.fen())).unwrap_or_default()
    }

    /// The lines under which a lot stands consolidated, its item's first, and how much under each.
    pub fn consolidated_under(&self, plan: PlanId, id: LotId) -> Vec<(PlanLine, Fen)> {
        let lot = self.lot(id);
        let lines = [lot.item.map(PlanLine::Item), Some(PlanLine::Fund(lot.fund))];
        let held = |line| self.consolidated_under.get(&(plan, id, line)).map(|net| net.fen());
        let each = lines.into_iter().flatten().filter_map(|line| Some((line, held(line)?)));
        each.filter(|(_, held)| !held.is_zero()).collect()
    }

    /// Counts money as consolidated by the event of this sequence, under the lot's present line.
    pub(in crate::domain) fn consolidate(&mut self, seq: u64, plan: PlanId, lot: LotId, fen: Fen) {
        let line =
            self.plan_line_of(plan, self.lot(lot)).expect("a line of the plan covers the lot");
        self.use_line(plan, lot, line, fen, true);
        self.lines_used.change_or_add((seq, lot)).0.push((line, fen));
    }

    /// Counts money as released by the event of this sequence, line after line.
    pub(in crate::domain) fn release_consolidated(
        &mut self,
        seq: u64,
        plan: PlanId,
        lot: LotId,
        fen: Fen,
    ) {
        let mut rest = fen;
        for (line, held) in self.consolidated_under(plan, lot) {
            let piece = held.min(rest);
            if !piece.is_zero() {
                self.use_line(plan, lot, line, piece, false);
                self.lines_used.change_or_add((seq, lot)).0.push((line, piece));
                rest = rest.less(piece);
            }
        }
        assert!(rest.is_zero(), "what lies in a plan was consolidated under its lines");
    }

    /// Gives back what the event of this sequence used or freed of the lines for a lot.
    pub(in crate::domain) fn give_lines_back(
        &mut self,
        seq: u64,
        plan: PlanId,
        lot: LotId,
        was_used: bool,
    ) {
        let lines = self.lines_used.get(&(seq, lot)).cloned();
        for (line, fen) in lines.expect("the event remembered its lines").0 {
            self.use_line(plan, lot, line, fen, !was_used);
        }
    }

    fn use_line(&mut self, plan: PlanId, lot: LotId, line: PlanLine, fen: Fen, more: bool) {
        self.plan_lines.change_or_add((plan, line)).used.change(fen, more);
        self.consolidated_under.change_or_add((plan, lot, line)).change(fen, more);
    }
}
