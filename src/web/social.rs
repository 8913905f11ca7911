//! Social money as it may be printed: with its amounts, or with why not.

use super::charts::{self, Chart, Part};
use super::figures::Wan;
use super::lang::Lang;
use super::ranking;
use crate::access::cells::Printed;
use crate::access::{Register, Viewer};
use crate::ledger::live::Views;
use crate::projections::Fund;
use crate::projections::balances::{Asked, Row};
use crate::service::Service;
use crate::service::cells::{Figures, Printing};

/// Social money of a place.
#[derive(Clone, Debug, Default)]
pub struct Social {
    /// Its figures; none where they are withheld, or nothing ever came.
    pub open: Option<Row>,
    /// Why they are withheld.
    pub withheld: Option<&'static str>,
    /// By fund: its name, and its received amount or why it is withheld.
    pub by_fund: Vec<(&'static str, Result<i128, &'static str>)>,
}

/// Why a cell is withheld, in words.
pub fn why(printed: Printed, lang: Lang) -> &'static str {
    match printed {
        Printed::FewGifts => lang.t("不足5笔", "fewer than 5 gifts"),
        Printed::NotListed => lang.t("不单列", "not shown apart"),
        Printed::Amounts => lang.t("金额", "amounts"),
    }
}

impl Social {
    /// The social money that the answer to a question has in one row, for a reader.
    pub fn of(
        views: &Views<Register>,
        (service, viewer): (&Service, &Viewer),
        asked: &Asked,
        lang: Lang,
    ) -> Social {
        let mut social = Social::default();
        let total = Asked { by_fund: false, by_year: asked.year.is_some(), ..asked.clone() };
        let printing = Printing::new(service, (views, &views.balances), viewer, &total);
        for row in views.balances.answer(&total).rows {
            if row.class == "social" {
                match printing.print(row) {
                    Figures::Open(row) => social.open = Some(*row),
                    Figures::Withheld(one) => social.withheld = Some(why(one.why(), lang)),
                }
            }
        }
        let by_fund = Asked { by_fund: true, ..total };
        let printing = Printing::new(service, (views, &views.balances), viewer, &by_fund);
        for row in views.balances.answer(&by_fund).rows {
            if row.class != "social" {
                continue;
            }
            let label = row.fund.and_then(Fund::parse).map_or("", |fund| lang.label(fund.label()));
            social.by_fund.push(match printing.print(row) {
                Figures::Open(row) => (label, Ok(came(&row))),
                Figures::Withheld(one) => (label, Err(why(one.why(), lang))),
            });
        }
        social
    }

    /// Did any come?
    pub fn is_any(&self) -> bool {
        self.open.is_some() || self.withheld.is_some()
    }

    /// The amounts that are printed.
    pub fn amounts(&self) -> Vec<i128> {
        let mut amounts: Vec<i128> = self.open.iter().flat_map(Row::columns).collect();
        amounts.extend(self.open.iter().flat_map(|row| {
            [row.standing(), ranking::arranged(row), unpaid(row), left(row), came(row), gone(row)]
        }));
        amounts.extend(self.by_fund.iter().filter_map(|(_, fen)| fen.ok()));
        amounts
    }
}

/// What came, from outside or from above.
pub fn came(row: &Row) -> i128 {
    row.received_fen + row.allocated_in_fen + row.recalled_in_fen
}

/// What went back to donors, or out of the place.
pub fn gone(row: &Row) -> i128 {
    row.refunded_fen + row.withdrawn_fen + row.recalled_out_fen + row.allocated_out_fen
}

/// Arranged for projects, not yet spent.
pub fn unpaid(row: &Row) -> i128 {
    row.committed_fen + row.advanced_fen
}

/// Not yet arranged for projects.
pub fn left(row: &Row) -> i128 {
    row.available_fen + row.consolidated_fen + row.surplus_fen
}

/// The bar of social places.
pub fn bar(row: &Row, lang: Lang) -> (Chart, Vec<Part>) {
    let part = |zh: &'static str, en: &'static str, class, fen| Part {
        name: lang.t(zh, en).to_owned(),
        class,
        fen,
    };
    let parts = vec![
        part("已使用", "Used", "g-used", row.spent_fen),
        part("已安排未支付", "Committed, unpaid", "g-committed", unpaid(row)),
        part("待使用", "Not yet used", "g-left", left(row)),
        part("应追回", "To reclaim", "f-reclaim", row.reclaim_fen),
    ];
    let says = lang
        .t("社会帮扶资金所在位置，数字见图例", "Where social money stands; figures in the legend");
    (charts::places(&parts, says.to_owned()), parts)
}

/// The amounts by fund in one line.
pub fn line(social: &Social, wan: Wan, lang: Lang) -> Vec<String> {
    let unit = lang.t("万元", "× 10,000 yuan");
    let one = |(name, fen): &(&str, Result<i128, &str>)| match fen {
        Ok(fen) => format!("{name} {} {unit}", wan.text(*fen)),
        Err(why) => format!("{name} {why}"),
    };
    social.by_fund.iter().map(one).collect()
}
