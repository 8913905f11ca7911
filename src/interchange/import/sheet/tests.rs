//! Files as bureaus send them, all synthetic: encodings, quoting, workbooks, and workbooks that
//! mean harm.

use super::*;
use encoding_rs::GB18030;
use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};
use std::io::Write;

/// Rows as text: number, then the cells that hold anything.
fn rows(sheet: &Sheet) -> Vec<(u32, Vec<(u16, String)>)> {
    let cells = |row: &SheetRow| row.cells().map(|(at, it)| (at, it.text().to_owned())).collect();
    sheet.rows().iter().map(|row| (row.number(), cells(row))).collect()
}

fn csv(text: &str) -> Vec<(u32, Vec<(u16, String)>)> {
    rows(&Sheet::from_bytes("示例.csv", text.as_bytes()).unwrap())
}

fn row(number: u32, cells: &[(u16, &str)]) -> (u32, Vec<(u16, String)>) {
    (number, cells.iter().map(|(at, text)| (*at, (*text).to_owned())).collect())
}

#[test]
fn rows_keep_the_numbers_that_a_spreadsheet_program_shows() {
    let text = "a,b\r\n\r\n\"第一行\r\n第二行\",2\r\n,\r\n  ,3\r\n\n4,\"x \"\"y\"\"\"";
    let expected = [
        row(1, &[(0, "a"), (1, "b")]),
        row(3, &[(0, "第一行\n第二行"), (1, "2")]),
        row(5, &[(1, "3")]),
        row(7, &[(0, "4"), (1, "x \"y\"")]),
    ];
    assert_eq!(csv(text), expected);
}

#[test]
fn columns_are_parted_by_what_the_file_uses() {
    let expected = [row(1, &[(0, "项目"), (1, "金额")]), row(2, &[(0, "P1"), (1, "1,000")])];
    for text in [
        "项目,金额\nP1,\"1,000\"\n",
        "项目\t金额\nP1\t1,000\n",
        "项目;金额\nP1;1,000\n",
        "项目;金额\nP1;'1,000",
        "项目,金额\nP1,\"=\"\"1,000\"\"\"\n",
    ] {
        assert_eq!(csv(text), expected, "{text}");
    }
    assert_eq!(csv("sep=;\n项目;金额\n")[0], row(2, &[(0, "项目"), (1, "金额")]));
    assert_eq!(csv("一列\n"), [row(1, &[(0, "一列")])]);
}

#[test]
fn a_quotation_mark_that_swallows_rows_refuses_the_file() {
    for text in [
        "项目,金额,备注\nP1,1,\"示例\nP2,2,x\n",
        "项目,金额,备注\nP1,1,\"示例\nP2,2,x\nP3,3,y\nP4,4,\"\n",
        "\"",
        "项目,金额\n\"P1",
    ] {
        let error = Sheet::from_bytes("x", text.as_bytes()).expect_err(text).to_string();
        assert!(error.contains("swallows the rows below"), "{error}");
    }
    assert_eq!(csv("a,b,c\n1,2,\"两行,\n一格\"\n").len(), 2);
}

#[test]
fn encodings_are_told_by_the_bytes() {
    let text = "资金批次,金额（万元）\nL1,600\n";
    let (gb, _, _) = GB18030.encode(text);
    let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
    for bytes in [text.as_bytes(), &gb, &marked] {
        let sheet = Sheet::from_bytes("示例.csv", bytes).unwrap();
        assert_eq!(rows(&sheet), csv(text));
        assert_eq!(sheet.sha256(), Digest::of(&[bytes]));
    }
}

#[test]
fn other_files_say_what_to_do() {
    let cases: [(&[u8], &str); 6] = [
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "save it as .xlsx"),
        (b"%PDF-1.7", "a PDF file is not a sheet"),
        (b"a\xff\xff\x80", "neither UTF-8 nor GB18030"),
        (b"\x00\x01\x02", "neither UTF-8 nor GB18030"),
        (b"", "the sheet is empty"),
        (b"PK\x03\x04 but no archive", "damaged or unsafe"),
    ];
    for (bytes, said) in cases {
        let error = Sheet::from_bytes("x", bytes).expect_err(said).to_string();
        assert!(error.contains(said), "{error}");
    }
    // The command names the file; the sheet says what the system said.
    let missing = Sheet::open(Path::new("/nonexistent/示例.csv")).expect_err("no such file");
    assert!(missing.to_string().starts_with("the file cannot be read: No such file"), "{missing}");
}

#[test]
fn bounds_hold() {
    let fits = vec![b'a'; FILE_BYTES_MAX];
    assert!(Sheet::from_bytes("x", &fits).is_ok());
    let larger = vec![b'a'; FILE_BYTES_MAX + 1];
    assert!(matches!(Sheet::from_bytes("x", &larger), Err(SheetError::TooLarge { .. })));

    let rows = "1\n".repeat(ROWS_MAX);
    assert!(Sheet::from_bytes("x", rows.as_bytes()).is_ok());
    let more = Sheet::from_bytes("x", format!("{rows}1\n").as_bytes()).expect_err("one more");
    assert_eq!(
        more.to_string(),
        "the sheet has more than 200000 rows: split it into several files"
    );

    let columns = "1,".repeat(usize::from(COLUMNS_MAX));
    assert!(Sheet::from_bytes("x", columns.as_bytes()).is_ok());
    assert!(Sheet::from_bytes("x", format!("{columns}1").as_bytes()).is_err());
    let cells = format!("{}\n", "1,".repeat(200)).repeat(CELLS_MAX / 200 + 1);
    let error = Sheet::from_bytes("x", cells.as_bytes()).expect_err("too many cells");
    assert!(error.to_string().contains("4000000 cells"), "{error}");
}

#[test]
fn a_workbook_gives_what_its_cells_show() {
    let mut book = Workbook::new();
    book.add_worksheet().set_name("空表").unwrap();
    let sheet = book.add_worksheet().set_name("支付").unwrap();
    let date = Format::new().set_num_format("yyyy\"年\"m\"月\"d\"日\"");
    let money = Format::new().set_num_format("[$¥-804]#,##0.00;[Red]-[$¥-804]#,##0.00");
    let accounting = Format::new().set_num_format("_ * #,##0.00_ ;_ * -#,##0.00_ ");
    sheet.merge_range(0, 0, 0, 3, "支付台账（示例）", &Format::new()).unwrap();
    sheet.write(2, 0, "  项目\u{200b}\t编号 ").unwrap();
    let day = ExcelDateTime::from_ymd(2017, 3, 15).unwrap();
    sheet.write_with_format(2, 1, &day, &date).unwrap();
    sheet.write_with_format(2, 2, 1234.5, &money).unwrap();
    sheet.write_with_format(2, 3, 0.1 + 0.2, &accounting).unwrap();
    sheet.write(2, 4, 6_222_020_200_112_233_445_u64).unwrap();
    sheet.write(2, 5, true).unwrap();
    sheet.write(2, 6, Formula::new("=1+1").set_result("2")).unwrap();
    book.add_worksheet().set_name("说明").unwrap().write(0, 0, "x").unwrap();
    let read = Sheet::from_bytes("示例.xlsx", &book.save_to_buffer().unwrap()).unwrap();

    assert_eq!(read.worksheet(), Some("支付"));
    assert_eq!(read.other_worksheets(), ["空表", "说明"]);
    assert_eq!(read.epoch(), Epoch::Y1900);
    let row = read.row(3).unwrap();
    assert_eq!(row.cell(0), Some(&Cell::Text("项目 编号".into())));
    assert_eq!(row.cell(1), Some(&Cell::Serial("42809".into())));
    assert_eq!(row.cell(2), Some(&Cell::Number("1234.5".into())));
    assert_eq!(row.cell(3), Some(&Cell::Number("0.3".into())));
    assert!(matches!(row.cell(4), Some(Cell::Fault(fault)) if fault.contains("15 digits")));
    assert_eq!(row.cell(5), Some(&Cell::Text("TRUE".into())));
    assert_eq!(row.cell(6).map(Cell::text), Some("2"));
    assert_eq!(row.cell(7), None);
}

/// A workbook with one part replaced, made from parts that are as small as they may be.
fn workbook(sheet_xml: &str, strings_xml: &str) -> Vec<u8> {
    let ns = "http://schemas.openxmlformats.org";
    let relation = |id: u8, kind: &str, target: &str| {
        let kind = format!("{ns}/officeDocument/2006/relationships/{kind}");
        format!("<Relationship Id='r{id}' Type='{kind}' Target='{target}'/>")
    };
    let relations = |all: String| {
        let xmlns = format!("{ns}/package/2006/relationships");
        format!("<Relationships xmlns='{xmlns}'>{all}</Relationships>")
    };
    let book = format!(
        "<workbook xmlns='{ns}/spreadsheetml/2006/main' \
         xmlns:r='{ns}/officeDocument/2006/relationships'><sheets>\
         <sheet name='表' sheetId='1' r:id='r1'/></sheets></workbook>"
    );
    let parts = [
        ("_rels/.rels", relations(relation(1, "officeDocument", "xl/workbook.xml"))),
        ("xl/workbook.xml", book),
        (
            "xl/_rels/workbook.xml.rels",
            relations(
                relation(1, "worksheet", "worksheets/sheet1.xml")
                    + &relation(2, "sharedStrings", "sharedStrings.xml"),
            ),
        ),
        ("xl/worksheets/sheet1.xml", sheet_xml.to_owned()),
        ("xl/sharedStrings.xml", strings_xml.to_owned()),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().compression_level(Some(1));
    for (name, content) in parts {
        zip.start_file(name, options).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn refused(sheet_xml: &str, strings_xml: &str) -> String {
    let bytes = workbook(sheet_xml, strings_xml);
    Sheet::from_bytes("x.xlsx", &bytes).expect_err("a harmful workbook").to_string()
}

const STRINGS: &str = r#"<sst uniqueCount="1"><si><t>示例</t></si></sst>"#;

fn sheet_of(cells: &str) -> String {
    format!("<worksheet><sheetData>{cells}</sheetData></worksheet>")
}

#[test]
fn a_smallest_workbook_is_read() {
    let sheet = sheet_of(r#"<row r="2"><c r="B2" t="s"><v>0</v></c></row>"#);
    let read = Sheet::from_bytes("x.xlsx", &workbook(&sheet, STRINGS)).unwrap();
    assert_eq!(rows(&read), [row(2, &[(1, "示例")])]);
}

#[test]
fn a_workbook_cannot_fill_memory() {
    let bomb = format!("<worksheet>{}</worksheet>", " ".repeat(129 * 1024 * 1024));
    assert!(refused(&bomb, STRINGS).contains("134217728 bytes when unpacked"));

    let far = sheet_of(r#"<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>"#);
    assert!(refused(&far, STRINGS).contains("more than 256 columns"));

    let text = "长".repeat(30_000);
    let strings = format!(r#"<sst uniqueCount="1"><si><t>{text}</t></si></sst>"#);
    let cells: String = (1..=2000)
        .map(|row| format!(r#"<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>"#))
        .collect();
    assert!(refused(&sheet_of(&cells), &strings).contains("bytes of text"));

    let announced = r#"<sst uniqueCount="99999999999999"><si><t>a</t></si></sst>"#;
    assert!(refused(&sheet_of(""), announced).contains("more texts than it can hold"));
}

#[test]
fn a_workbook_expands_no_entity() {
    let declared = format!(
        r#"<!DOCTYPE x [<!ENTITY a "lol">]>{}"#,
        sheet_of(r#"<row r="1"><c r="A1" t="str"><v>&a;</v></c></row>"#)
    );
    assert!(refused(&declared, STRINGS).contains("declares a document type"));
    let undeclared = sheet_of(r#"<row r="1"><c r="A1" t="str"><v>&a;</v></c></row>"#);
    refused(&undeclared, STRINGS);
    let two_bytes = refused("<\0w\0o\0r\0k\0s\0h\0e\0e\0t\0/\0>\0", STRINGS);
    assert!(two_bytes.contains("is not UTF-8 text"), "{two_bytes}");
}

#[test]
fn rows_out_of_order_are_damage() {
    let cells = r#"<row r="2"><c r="A2"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>"#;
    assert!(refused(&sheet_of(cells), STRINGS).contains("row 1 stands out of order"));
    let cells = r#"<row r="1"><c r="B1"><v>1</v></c><c r="A1"><v>1</v></c></row>"#;
    assert!(refused(&sheet_of(cells), STRINGS).contains("row 1 stands out of order"));
}

proptest! {
    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _answer = Sheet::from_bytes("x", &bytes);
    }

    #[test]
    fn any_cells_in_a_workbook_are_answered(inside in "[<>/a-z0-9=\" &;!A-F]{0,80}") {
        let _answer = Sheet::from_bytes("x", &workbook(&sheet_of(&inside), STRINGS));
    }

    #[test]
    fn a_flipped_byte_of_a_workbook_is_answered(at in 0_usize..2000, bit in 0_u8..8) {
        let mut bytes = workbook(&sheet_of(r#"<row r="1"><c r="A1"><v>1</v></c></row>"#), STRINGS);
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let _answer = Sheet::from_bytes("x", &bytes);
    }
}
