//! Why a whole sheet is not read, as a page says it: a stable code, and a sentence in both
//! languages that names what a clerk can do in the spreadsheet program.
//!
//! The command keeps the errors' own sentences, which speak of its options. Like them, these never
//! repeat what may be a person.

use super::{ImportError, Kind, Measure, OtherFormat, SheetError, chinese};
use serde::{Deserialize, Serialize};

/// Why a whole sheet is not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whole {
    /// The stable code.
    pub code: String,
    /// What is wrong and what to do: in Chinese, in English.
    pub said: [String; 2],
}

impl Whole {
    fn new(code: &str, zh: impl Into<String>, en: impl Into<String>) -> Whole {
        Whole { code: code.to_owned(), said: [zh.into(), en.into()] }
    }

    /// The maker or the checker is no reference.
    pub fn not_a_reference() -> Whole {
        Whole::new(
            "not_a_reference",
            "经办人、复核人要写编号，不要写姓名：只能用字母、数字和 . _ : -",
            "Maker and checker are references of letters, digits and . _ : -, not names",
        )
    }

    /// The process that read it passed its bound of memory, in bytes.
    pub fn too_much_memory(limit: u64) -> Whole {
        let mib = limit >> 20;
        Whole::new(
            "too_much_memory",
            format!("读这张表要的内存超过 {mib} MiB。请分成几个文件，或另存为 CSV"),
            format!("Reading the sheet takes more than {mib} MiB of memory; split it, or save CSV"),
        )
    }

    /// The process that read it passed its bound of processor time, in seconds.
    pub fn too_much_time(limit: u64) -> Whole {
        Whole::new(
            "too_much_time",
            format!("读这张表超过 {limit} 秒。请分成几个文件，或另存为 CSV"),
            format!("Reading the sheet takes more than {limit} s; split it, or save it as CSV"),
        )
    }

    /// What was ordered cannot be: a fault of ours, not of the sheet.
    pub(super) fn ours(what: String) -> Whole {
        Whole::new("order", format!("本站没有把表交代清楚（{what}）"), what)
    }

    /// What an error says of a sheet of this kind.
    pub fn of(error: &ImportError, kind: Kind) -> Whole {
        match error {
            ImportError::Sheet(error) => of_file(error),
            ImportError::NoHeader { looked_at, needed, .. } => Whole::new(
                "no_header",
                format!(
                    "前 {looked_at} 行里没有找到表头。这种表要有这些列：{}",
                    called(needed, kind)
                ),
                format!("No header in the first {looked_at} rows. The columns needed: {needed}"),
            ),
            ImportError::MissingColumns { row, fields } => Whole::new(
                "missing_columns",
                format!("第 {row} 行是表头，还缺这些列：{}。请补上再传", called(fields, kind)),
                format!("Row {row} is the header and lacks columns for {fields}; add them"),
            ),
            ImportError::AmbiguousColumns { field, first, second } => Whole::new(
                "ambiguous_columns",
                format!(
                    "“{first}”和“{second}”两列都像是“{}”。请把不用的那列改名或删掉",
                    called(field, kind)
                ),
                format!("Columns {first} and {second} may both be {field}: rename or drop one"),
            ),
            ImportError::UnknownUnit(text) => Whole::new(
                "unknown_unit",
                format!("“{text}”的单位不是元、万元或分，别的单位不导入"),
                error.to_string(),
            ),
            ImportError::MapLine { .. } | ImportError::MapHeader(_) => Whole::new(
                "map",
                "表头里有不能对应的列名，请把列名改成一般的文字再传",
                "A header cannot be matched; rename the column and send the sheet again",
            ),
            ImportError::UnknownField { field, .. } => Whole::new(
                "unknown_field",
                format!("这种表没有“{field}”这一项"),
                format!("This kind of sheet has no field {field}"),
            ),
            ImportError::Set { field, reason } => Whole::new(
                "set",
                format!("{}：{}", called(field, kind), chinese::reason(reason, None)),
                format!("{field}: {reason}"),
            ),
            ImportError::SetForm(_) => Whole::new("set", "统一填的值写得不对", error.to_string()),
        }
    }
}

fn of_file(error: &SheetError) -> Whole {
    let en = sentence(&error.to_string());
    match error {
        SheetError::Unreadable(_) => Whole::new("unreadable", "文件打不开", en),
        SheetError::TooLarge { limit, what } => {
            let zh = match what {
                Measure::Bytes => format!("文件超过 {} MiB", limit >> 20),
                Measure::UnpackedBytes => format!("表格展开以后超过 {} MiB", limit >> 20),
                Measure::TextBytes => format!("单元格里的文字超过 {} MiB", limit >> 20),
                Measure::Parts => format!("工作簿里的部件超过 {limit} 个"),
                Measure::Rows => format!("表格超过 {limit} 行"),
                Measure::Columns => format!("表格超过 {limit} 列"),
                Measure::Cells => format!("有内容的单元格超过 {limit} 个"),
            };
            Whole::new("too_large", format!("{zh}。请分成几个文件再传"), en)
        }
        SheetError::OtherFormat(format) => {
            let zh = match format {
                OtherFormat::OldWorkbook => "这是旧格式或加了密码的工作簿",
                OtherFormat::Pdf => "这是 PDF，不是表格",
            };
            Whole::new("other_format", format!("{zh}。请另存为 .xlsx 或 .csv 再传"), en)
        }
        SheetError::Encoding => {
            let zh = "文字编码既不是 UTF-8 也不是 GB18030。请另存为 CSV UTF-8 或 .xlsx 再传";
            Whole::new("encoding", zh, en)
        }
        SheetError::Damaged(_) => {
            Whole::new("damaged", "文件坏了，或者含有表格用不着的东西。请重新另存一份再传", en)
        }
        SheetError::Unclosed(row) => Whole::new(
            "unclosed",
            format!("第 {row} 行附近有一个引号没有配对，把下面的行都吞掉了。请改好再传"),
            en,
        ),
        SheetError::Empty => Whole::new("empty", "表里什么都没有", en),
    }
}

/// An error's own words as a sentence that begins.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

/// Fields of a list as a Chinese sheet calls them: by the first Chinese word of their headers.
fn called(fields: &str, kind: Kind) -> String {
    let columns = kind.columns();
    let call = |field: &str| {
        let field = field.split(' ').next().unwrap_or(field);
        let column = columns.iter().find(|column| column.field == field);
        let word = column.and_then(|column| column.headers.iter().find(|word| !word.is_ascii()));
        word.copied().unwrap_or(field).to_owned()
    };
    fields.split(", ").map(call).collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use super::super::{Choices, Poster, Sheet, import};
    use super::*;
    use crate::base::{Code, Name};

    fn refused(text: &str) -> Whole {
        let name = |text| Name::parse(text).unwrap();
        let poster = Poster {
            principal: name("kb-finance-desk"),
            org: name("kb-finance"),
            jurisdiction: Code::parse("130723").unwrap(),
            is_custodian: false,
            maker: name("kb-02"),
            checker: name("kb-07"),
        };
        let error = match Sheet::from_bytes("示例.csv", text.as_bytes()) {
            Ok(sheet) => {
                import(&sheet, Kind::Allocations, &poster, &Choices::default()).unwrap_err()
            }
            Err(error) => error.into(),
        };
        Whole::of(&error, Kind::Allocations)
    }

    #[test]
    fn a_clerk_is_told_what_is_wrong_in_chinese_and_never_of_options() {
        for (text, code, zh) in [
            ("\n", "empty", "什么都没有"),
            ("%PDF-1.7", "other_format", "PDF"),
            ("只是一段话\n第二行\n", "no_header", "资金批次、"),
            ("资金批次,县代码\nL1,130723\n", "missing_columns", "缺这些列：下达日期、下达金额"),
            ("资金批次,县代码,下达日期,金额（美元）\n", "unknown_unit", "美元"),
            ("资金批次,县代码,\"下达日期,金额\nL1,2,3,4\n", "unclosed", "引号"),
        ] {
            let whole = refused(text);
            assert_eq!(whole.code, code, "{whole:?}");
            assert!(whole.said[0].contains(zh), "{whole:?}");
            assert!(!whole.said[0].contains("the "), "{whole:?}");
            assert!(whole.said.iter().all(|said| !said.contains("--")), "{whole:?}");
        }
    }

    #[test]
    fn each_bound_is_named_with_its_figure() {
        for (what, zh) in [
            (Measure::Bytes, "文件超过 128 MiB"),
            (Measure::UnpackedBytes, "展开以后超过 128 MiB"),
            (Measure::Rows, "超过 134217728 行"),
        ] {
            let whole = of_file(&SheetError::TooLarge { limit: 128 << 20, what });
            assert_eq!(whole.code, "too_large");
            assert!(whole.said[0].contains(zh), "{whole:?}");
        }
    }
}
