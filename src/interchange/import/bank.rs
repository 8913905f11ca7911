//! A bank's statement, read by the reader of every sheet: its reference, day and sum for each row
//! that moved money, and the reason for each row that cannot be read.
//!
//! Sides are the bank's: 贷 (credit) came into the account, 借 (debit) went out of it. Who stood on
//! the other side is not read: it may be a person's name.

use super::header::{self, Layout};
use super::kind::{Column, Form, Need, Shape};
use super::rows::{self, GoodRow};
use super::sheet::SheetRow;
use super::value::Value;
use super::{Choices, ImportError, Reason, RefusedRow, Sheet, words};
use crate::base::Date;
use crate::domain::state::Direction;
use crate::projections::reconciliation::Line;

/// What a statement's columns are and what headers call them.
const COLUMNS: &[Column] = &[
    Column {
        field: "reference",
        need: Need::Required,
        form: Form::Name,
        headers: &[
            "reference",
            "交易流水号",
            "流水号",
            "银行流水号",
            "核心流水号",
            "交易流水",
            "银行流水",
            "bank_ref",
            "bank reference",
            "reference number",
            "transaction id",
        ],
    },
    Column {
        field: "date",
        need: Need::Required,
        form: Form::Day,
        headers: &[
            "date",
            "交易日期",
            "记账日期",
            "入账日期",
            "日期",
            "交易时间",
            "business_date",
            "transaction date",
            "booking date",
        ],
    },
    Column {
        field: "in",
        need: Need::Optional,
        form: Form::Figure,
        headers: &[
            "in",
            "贷方发生额",
            "贷方金额",
            "贷方",
            "收入金额",
            "收入",
            "存入金额",
            "转入金额",
            "credit",
            "paid in",
            "deposit",
        ],
    },
    Column {
        field: "out",
        need: Need::Optional,
        form: Form::Figure,
        headers: &[
            "out",
            "借方发生额",
            "借方金额",
            "借方",
            "支出金额",
            "支出",
            "付出金额",
            "转出金额",
            "debit",
            "paid out",
            "withdrawal",
        ],
    },
    Column {
        field: "amount",
        need: Need::Optional,
        form: Form::Figure,
        headers: &["amount", "交易金额", "发生额", "金额", "交易额"],
    },
    Column {
        field: "side",
        need: Need::Optional,
        form: Form::Word(words::SIDE),
        headers: &[
            "side",
            "借贷标志",
            "借贷方向",
            "收支标志",
            "收支方向",
            "借贷",
            "借/贷",
            "收支",
            "收/支",
            "debit/credit",
            "direction",
        ],
    },
];

/// What a sheet must be like to be a bank's statement.
pub fn shape() -> Shape {
    Shape { name: "a bank's statements", columns: COLUMNS.to_vec() }
}

/// A statement.
#[derive(Clone, Debug)]
pub struct Statement {
    /// The rows that moved money.
    pub lines: Vec<Line>,
    /// The rows that cannot be read, wrong totals among them, in the order of the sheet.
    pub unread: Vec<RefusedRow>,
    /// Whether no unit was said anywhere, so that sums were read as yuan.
    pub unit_assumed: bool,
}

/// Reads a sheet as a bank's statement.
///
/// # Errors
/// No header is found, or its columns do not say the reference, the day and the sum of a row.
pub fn read(sheet: &Sheet, choices: &Choices) -> Result<Statement, ImportError> {
    let shape = shape();
    let layout = header::layout(sheet, &shape, choices)?;
    sums_are_said_once(sheet, &layout)?;
    let read = rows::read(sheet, &shape, &layout, choices)?;
    let mut unread: Vec<RefusedRow> = read.bad.into_iter().map(|bad| bad.refused).collect();
    // 期初余额 and what else the bank writes around its rows says no sum and moves nothing.
    unread.retain(|row| match row.reason {
        Reason::Blank(_) | Reason::Day(_) | Reason::NotAName(_) => {
            sheet.row(row.row).is_none_or(|row| moves_money(row, &layout))
        }
        _ => true,
    });
    let mut lines = Vec::new();
    for row in &read.good {
        match line(row) {
            Ok(line) => lines.push(line),
            Err(reason) => {
                unread.push(RefusedRow { row: row.number, column: None, header: None, reason });
            }
        }
    }
    unread.sort_by_key(|row| row.row);
    Ok(Statement { lines, unread, unit_assumed: layout.unit_assumed })
}

/// A sum stands in one column, or in one for each side, and never in both manners.
fn sums_are_said_once(sheet: &Sheet, layout: &Layout) -> Result<(), ImportError> {
    let header = |field: &str| {
        let column = layout.assigned.iter().find(|it| it.spec.field == field);
        column.map(|it| it.header.clone())
    };
    match (header("amount"), header("in").or(header("out"))) {
        (Some(first), Some(second)) => {
            Err(ImportError::AmbiguousColumns { field: "amount", first, second })
        }
        (None, None) => {
            let row = sheet.rows()[layout.first - 1].number();
            let fields = "amount (交易金额), or in and out (贷方, 借方)".to_owned();
            Err(ImportError::MissingColumns { row, fields })
        }
        (Some(_), None) | (None, Some(_)) => Ok(()),
    }
}

fn moves_money(row: &SheetRow, layout: &Layout) -> bool {
    let sums = layout.assigned.iter().filter(|it| it.spec.form.is_money());
    sums.filter_map(|it| row.cell(it.column))
        .any(|cell| cell.text().contains(|digit: char| digit.is_ascii_digit() && digit != '0'))
}

fn line(row: &GoodRow) -> Result<Line, Reason> {
    let text = |field: &str| match row.fields.get(field) {
        Some(Value::Text(text)) => Some(text.as_str()),
        _ => None,
    };
    let fen = |field: &str| match row.fields.get(field) {
        Some(Value::Number(fen)) if *fen != 0 => Some(*fen),
        _ => None,
    };
    let side = text("side").and_then(Direction::parse);
    let (direction, amount_fen) = match (fen("in"), fen("out"), fen("amount"), side) {
        (Some(fen), None, None, None | Some(Direction::In)) => (Direction::In, fen),
        (None, Some(fen), None, None | Some(Direction::Out)) => (Direction::Out, fen),
        (None, None, Some(fen), Some(side)) => (side, fen),
        (None, None, Some(fen), None) if fen < 0 => (Direction::Out, -fen),
        (None, None, Some(fen), None) => (Direction::In, fen),
        _ => return Err(Reason::NotOneSum),
    };
    if amount_fen < 0 {
        return Err(Reason::BelowZero);
    }
    let reference = text("reference").ok_or(Reason::Blank("reference"))?.to_owned();
    let on = text("date").and_then(Date::parse).ok_or(Reason::Blank("date"))?;
    Ok(Line { row: row.number, on, reference, direction, amount_fen })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<String> {
        let sheet = Sheet::from_bytes("示例.csv", text.as_bytes()).unwrap();
        let read = read(&sheet, &Choices::default()).unwrap();
        let line = |line: &Line| {
            let Line { row, on, reference, direction, amount_fen } = line;
            format!("{row} {on} {reference} {direction} {amount_fen}")
        };
        let good = read.lines.iter().map(line);
        good.chain(read.unread.iter().map(RefusedRow::to_string)).collect()
    }

    #[test]
    fn each_manner_of_writing_sums_gives_the_same_rows() {
        let expected = ["2 2017-05-10 B1 out 100050", "3 2017-05-11 B2 in 300"];
        for text in [
            "交易日期,交易流水号,借方发生额,贷方发生额,余额\n\
             20170510,B1,\"1,000.50\",0.00,5\n2017-05-11 09:30:00,B2,,3,8\n",
            "流水号,记账日期,交易金额（元）,借贷标志\nB1,2017.5.10,1000.50,借\nB2,2017/5/11,3,贷\n",
            "Date,Reference,Amount\n2017-05-10,B1,-1000.50\n2017-05-11,B2,3.00\n",
            "日期,流水号,支出(万元),收入(万元)\n2017-05-10,B1,0.10005,\n2017-05-11,B2,,0.0003\n",
        ] {
            assert_eq!(lines(text), expected, "{text}");
        }
    }

    #[test]
    fn what_moves_nothing_is_passed_over_and_what_cannot_be_read_says_its_row() {
        let text = "日期,流水号,借方,贷方\n,期初余额,,\n2017-05-10,B1,1.005,\n2017-05-10,,5,\n\
            2017-05-10,B3,5,6\n2017-05-10,B4,-5,\n2017-05-10,B5,0,0\n合计,,5,\n制表:某某,,,\n";
        let said = lines(text);
        let begins = [
            "row 3, column C (借方): 1.005 元 is not a whole fen",
            "row 4, column B (流水号): reference is blank",
            "row 5: the row must say one sum",
            "row 6: the sum is below zero",
            "row 7: the row must say one sum",
        ];
        assert_eq!(said.len(), begins.len(), "{said:?}");
        for (said, begin) in said.iter().zip(begins) {
            assert!(said.starts_with(begin), "{said}");
        }
    }

    #[test]
    fn a_sheet_that_says_no_sum_or_two_is_none() {
        let refused = |text: &str| {
            let sheet = Sheet::from_bytes("示例.csv", text.as_bytes()).unwrap();
            read(&sheet, &Choices::default()).unwrap_err().to_string()
        };
        assert!(
            refused("日期,流水号,余额\n2017-05-10,B1,5\n").contains("amount (交易金额), or in")
        );
        assert!(
            refused("日期,流水号,金额,借方\n2017-05-10,B1,5,5\n").contains("may both be amount")
        );
    }
}
