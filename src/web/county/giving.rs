//! The small picture of a county's social money: from which funds, for what (pages design, 5.1).
//!
//! By categories of projects only where nobody can be known from it: no fund and no project of the
//! county withholds its amount, and no single year is asked for. Else by what the table by fund
//! prints anyway, and what is withheld there is one band that names neither fund nor use.

use crate::access::{Register, Viewer, What};
use crate::base::Code;
use crate::ledger::live::Views;
use crate::projections::balances::{Asked, Row};
use crate::projections::flows::{self, Column, Link, Node};
use crate::projections::{Class, Fund};
use crate::service::cells::{Figures, Printing};
use crate::service::{Service, projects};
use crate::web::lang::Lang;
use crate::web::picture::{self, Picture};
use crate::web::social;

/// The picture; none where nothing came, or not even the sum may be told.
pub fn picture(
    views: &Views<Register>,
    reader: (&Service, &Viewer),
    (code, year): (Code, Option<u16>),
    asked: &Asked,
    lang: Lang,
) -> Option<Picture> {
    let total = open_rows(views, reader, &Asked { by_fund: false, ..asked.clone() });
    let (mut total, withheld) = total;
    let total = total.pop().filter(|_| withheld == 0)?;
    let (rows, withheld) = open_rows(views, reader, &Asked { by_fund: true, ..asked.clone() });
    let is_open = year.is_none() && withheld == 0 && !projects::any_withheld(views, code);
    let mut bands = match is_open || views.beside.reaches(reader.1, What::Lots, code) {
        true => by_category(views, code, year),
        false => by_place(&rows, total.standing(), withheld > 0),
    };
    bands.retain(|band| band.amount_fen > 0);
    (!bands.is_empty()).then(|| Picture::of_social(views, &bands, lang))
}

/// The social rows of an answer that may be told, and how many may not.
fn open_rows(
    views: &Views<Register>,
    (service, viewer): (&Service, &Viewer),
    asked: &Asked,
) -> (Vec<Row>, usize) {
    let printing = Printing::new(service, (views, &views.balances), viewer, asked);
    let (mut open, mut withheld) = (Vec::new(), 0);
    let social = Class::Social.code();
    for row in views.balances.answer(asked).rows.into_iter().filter(|row| row.class == social) {
        match printing.print(row) {
            Figures::Open(row) => open.push(*row),
            Figures::Withheld(_) => withheld += 1,
        }
    }
    (open, withheld)
}

fn by_category(views: &Views<Register>, code: Code, year: Option<u16>) -> Vec<Link> {
    let columns = picture::COUNTY.to_vec();
    let mut bands = views.flows.answer(&flows::Asked { jurisdiction: Some(code), year, columns });
    bands.retain(|band| band.class == Class::Social);
    bands
}

/// What stands under each open fund, by place; the rest in one band.
fn by_place(rows: &[Row], whole: i128, is_rest: bool) -> Vec<Link> {
    let node = |column, id: &str, zh: &str, en: &str| Node {
        column,
        id: id.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
    };
    let band = |from: &Node, to: Node, amount_fen| Link {
        class: Class::Social,
        from: from.clone(),
        to,
        amount_fen,
    };
    let mut bands = Vec::new();
    for row in rows {
        let Some(fund) = row.fund.and_then(Fund::parse) else { continue };
        let label = fund.label();
        let from = node(Column::Fund, fund.code(), label.zh, label.en);
        for (id, zh, en, fen) in [
            ("used", "已使用", "Used", row.spent_fen),
            ("unpaid", "已安排未支付", "Committed, unpaid", social::unpaid(row)),
            ("waiting", "待使用", "Not yet used", social::left(row)),
            ("reclaim", "应追回", "To reclaim", row.reclaim_fen),
        ] {
            bands.push(band(&from, node(Column::Use, id, zh, en), fen));
        }
    }
    let open: i128 = rows.iter().map(Row::standing).sum();
    if is_rest {
        let rest = |column| node(column, "rest", "不单列", "not shown apart");
        bands.push(band(&rest(Column::Fund), rest(Column::Use), whole - open));
    }
    bands
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(fund: &'static str, spent_fen: i128, available_fen: i128) -> Row {
        Row { fund: Some(fund), spent_fen, available_fen, ..Row::default() }
    }

    #[test]
    fn what_is_withheld_is_one_band_and_the_columns_add_up() {
        let rows = [row("paired", 700, 50), row("designated", 0, 30)];
        let told = |bands: Vec<Link>| -> Vec<(String, String, i128)> {
            let shown = bands.into_iter().filter(|band| band.amount_fen > 0);
            shown.map(|band| (band.from.id, band.to.id, band.amount_fen)).collect()
        };
        let band = |from: &str, to: &str, fen| (from.to_owned(), to.to_owned(), fen);
        let [first, other] = [rows[0].fund, rows[1].fund].map(|fund| {
            let fund = fund.and_then(Fund::parse).expect("these are funds");
            fund.code()
        });
        let open =
            [band(first, "used", 700), band(first, "waiting", 50), band(other, "waiting", 30)];
        assert_eq!(told(by_place(&rows, 780, false)), open);
        let with_rest = told(by_place(&rows, 1_000, true));
        assert_eq!(with_rest[..3], open);
        assert_eq!(
            with_rest[3],
            band("rest", "rest", 220),
            "neither its fund nor its use is named"
        );
        assert_eq!(with_rest.iter().map(|band| band.2).sum::<i128>(), 1_000);
    }
}
