//! Workbooks with titles, serial dates and totals; notes and blank forms below the table.

use super::*;
use encoding_rs::GB18030;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

/// An allocation table as bureaus draw it, in 万元, with the total that the caller gives.
fn table(total: f64, total_on_top: bool) -> Vec<u8> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let money = Format::new().set_num_format("#,##0.00");
    sheet.merge_range(0, 0, 0, 5, "2017年扶贫资金下达情况表（示例）", &Format::new()).unwrap();
    sheet.write(1, 0, "填报单位：河北省财政厅（示例）").unwrap();
    sheet.write(1, 5, "单位：万元").unwrap();
    for (column, header) in
        ["序号", "县区代码", "资金批次", "下达日期", "下达金额", "备注"].iter().enumerate()
    {
        sheet.write(2, u16::try_from(column).unwrap(), *header).unwrap();
    }
    let total_row = if total_on_top { 3 } else { 6 };
    sheet.write(total_row, 0, "合  计").unwrap();
    sheet.write_with_format(total_row, 4, total, &money).unwrap();
    let first = if total_on_top { 4 } else { 3 };
    for (at, (code, amount)) in
        [(130_723, 600.0), (130_722, 0.1), (130_724, 0.2)].iter().enumerate()
    {
        let row = first + u32::try_from(at).unwrap();
        sheet.write(row, 0, row).unwrap();
        sheet.write(row, 1, *code).unwrap();
        sheet.write(row, 2, "L1").unwrap();
        let day = ExcelDateTime::from_ymd(2017, 3, 15).unwrap();
        sheet.write_with_format(row, 3, &day, &date).unwrap();
        sheet.write_with_format(row, 4, *amount, &money).unwrap();
    }
    // A form with a number and nothing else, then lines below the table.
    sheet.write(7, 0, 4).unwrap();
    sheet.write(8, 0, "注：本表为示例。").unwrap();
    sheet.write(9, 0, "制表人：示例").unwrap();
    book.save_to_buffer().unwrap()
}

fn read_table(total: f64, total_on_top: bool) -> Import {
    let sheet = Sheet::from_bytes("示例.xlsx", &table(total, total_on_top)).unwrap();
    import(&sheet, Kind::Allocations, &bureau(), &Choices::default()).unwrap()
}

#[test]
fn a_table_with_title_unit_serial_dates_and_total_is_read() {
    for on_top in [false, true] {
        let import = read_table(600.0 + 0.1 + 0.2, on_top);
        assert_eq!(refusals(&import), [""; 0], "on top: {on_top}");
        assert_eq!(import.sum_fen(), 600_300_000);
        assert_eq!(import.totals.len(), 1);
        assert_eq!(import.totals[0].verdict, Verdict::Agrees);
        assert_eq!(import.passed_over, [8, 9, 10]);
        let body = &bodies(&import)[0];
        assert_eq!(body["business_date"], "2017-03-15");
        assert_eq!(
            body["data"],
            serde_json::json!({"amount_fen": 600_000_000, "lot": "L1", "to": "130723"})
        );
    }
}

#[test]
fn a_total_that_does_not_agree_is_refused_with_both_sums() {
    let import = read_table(600.4, false);
    assert_eq!(
        refusals(&import),
        ["row 7, column E (下达金额): the row says 6004000.00 yuan in all, the rows it \
             covers sum to \
          6003000.00 yuan"]
    );
    assert_eq!(import.rows.len(), 3);
}

#[test]
fn a_total_counts_refused_rows_whose_amount_can_be_read() {
    let text = "日期,批次,县,金额(元)\n2017.3.15,L1,130723,1\n2017.13.15,L1,130722,2\n合计,,,3\n";
    let import = read(Kind::Allocations, text);
    assert_eq!(import.totals[0].verdict, Verdict::Agrees);
    assert_eq!(refusals(&import), ["row 3, column A (日期): the calendar has no day 2017.13.15"]);

    let text = "日期,批次,县,金额(元)\n2017.3.15,L1,130723,1\n2017.3.15,L1,130722,两元\n合计,,,3\n";
    assert_eq!(read(Kind::Allocations, text).totals[0].verdict, Verdict::NotChecked);
}

#[test]
fn a_row_that_has_all_it_needs_is_no_total_whatever_its_remarks_say() {
    let text = "日期,批次,县,金额(元),备注\n2017.3.15,L1,130723,1,合计\n小计,,,1,\n";
    let import = read(Kind::Allocations, text);
    assert_eq!((import.rows.len(), import.totals.len()), (1, 1));
}

#[test]
fn each_refused_row_names_its_cell_and_what_to_do() {
    let text = "\
日期,批次,县,金额(元)
2017.3.15,L1,130723,
2017.3,L1,130723,1
2017.3.15,批次一,130723,1
2017.3.15,L1,康保,1
2017.3.15,L1,130723,1.005
2017.3.15,L1,130723,-5
2017.3.15,L1,130723,0
2017.3.15,L1,130723,#REF!
2017.3.15,L1,130723,13800000000元整吗
日期,批次,县,金额(元)
";
    let import = read(Kind::Allocations, text);
    assert_eq!(import.passed_over, [11]);
    let expected = [
        "row 2, column D (金额(元)): amount is blank: fill it in, or give it for all rows \
         with --set amount=…",
        "row 3, column A (日期): 2017.3 names no day: write year, month and day, such as 2017-03-15",
        "row 4, column B (批次): \"批次一\" is not an identifier: 1 to 64 letters, digits and . _ : -",
        "row 5, column C (县): no jurisdiction is called \"康保\": write its six-digit code",
        "row 6, column D (金额(元)): 1.005 元 is not a whole fen: write it to the fen, \
         without a calculated tail",
        "row 7, column D (金额(元)): -5 is below zero: a correction is posted as a return or \
         a reversal",
        "row 8, column D (金额(元)): the amount is zero: nothing would be moved",
        "row 9, column D (金额(元)): \"#REF!\" is not an amount in figures, such as 12,345.67",
        "row 10, column D (金额(元)): \"…元整吗\" is not an amount in figures, such as 12,345.67",
    ];
    assert_eq!(refusals(&import), expected);
}

#[test]
fn gb18030_and_utf8_give_the_same_rows() {
    let text = "下达日期,资金批次,县代码,金额（万元）,备注\n2017年3月15日,L1,130723,６００,示例\n";
    let (gb, _, _) = GB18030.encode(text);
    let sheet = Sheet::from_bytes("示例.csv", &gb).unwrap();
    let import = import(&sheet, Kind::Allocations, &bureau(), &Choices::default()).unwrap();
    assert_eq!(ids(&import), ids(&read(Kind::Allocations, text)));
    assert_eq!(import.sum_fen(), 600_000_000);
    assert_eq!(bodies(&import)[0]["note"], "示例");
}

proptest! {
    #[test]
    fn any_table_of_text_is_answered(
        rows in prop::collection::vec("[合计元万,0-9.\\-年月日P/\"]{0,30}", 0..8),
    ) {
        for kind in Kind::ALL {
            let headers: Vec<_> = kind.columns().iter().map(|it| it.field).collect();
            let text = format!("{}\n{}\n", headers.join(","), rows.join("\n"));
            let import = with(kind, &text, &[], "");
            for row in import.iter().flat_map(|it| &it.rows) {
                prop_assert!(serde_json::from_str::<Json>(&row.body).is_ok());
            }
        }
    }

    #[test]
    fn ids_do_not_depend_on_the_order_of_columns_nor_on_the_rest_of_the_sheet(
        amounts in prop::collection::vec(1_u32..4, 1..20),
    ) {
        let lines = |amounts: &[u32]| amounts.iter()
            .map(|it| format!("2017.3.15,L1,130723,{it}\n")).collect::<String>();
        let all = ids(&read(Kind::Allocations, &format!("日期,批次,县,金额(元)\n{}", lines(&amounts))));
        let turn = |it: &u32| format!("{it},130723,x,L1,20170315\n");
        let turned: String = amounts.iter().map(turn).collect();
        let turned = ids(&read(Kind::Allocations, &format!("金额(元),县,序号,批次,日期\n{turned}")));
        prop_assert_eq!(&all, &turned);
        let distinct: std::collections::HashSet<_> = all.iter().collect();
        prop_assert_eq!(distinct.len(), all.len());
        let half = ids(&read(Kind::Allocations,
            &format!("日期,批次,县,金额(元)\n{}", lines(&amounts[..amounts.len() / 2]))));
        prop_assert_eq!(&all[..amounts.len() / 2], &half[..]);
    }
}
