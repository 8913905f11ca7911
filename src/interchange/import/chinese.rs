//! Why a row or a figure is refused, in the words of a clerk.
//!
//! The English sentences stand with the reasons themselves; like them, these never repeat what may
//! be a person.

use super::Reason;
use crate::interchange::day::DayError;
use crate::interchange::money::MoneyError;

/// Why a figure is no amount of yuan.
pub fn money(error: &MoneyError) -> String {
    match error {
        MoneyError::NotWholeFen { figure, unit } => {
            format!("金额不是整分：{figure} {unit}。请写到分，不要四舍五入")
        }
        MoneyError::Negative(_) => "金额不能小于零；退回和更正有各自的业务".to_owned(),
        MoneyError::Zero => "金额不能是零".to_owned(),
        MoneyError::TooLarge(_) => "金额太大".to_owned(),
        MoneyError::Separators(figure) => format!("{figure} 的逗号位置不对，可能少了一位"),
        MoneyError::Exponent(figure) => format!("{figure} 是科学记数，丢了位数"),
        MoneyError::UnitsDiffer { figure, cell, column } => {
            format!("{figure} 写的是{cell}，这里按{column}")
        }
        MoneyError::NotANumber(text) => format!("“{text}”不是金额，请写成 12,345.67"),
    }
}

/// Why a row is refused; `blank` is what people call the field that is blank.
pub fn reason(reason: &Reason, column: Option<&str>) -> String {
    match reason {
        Reason::Blank(field) => format!("{}没有填", column.unwrap_or(field)),
        Reason::Fault(_) => "单元格里是错误值，不能用".to_owned(),
        Reason::Money(error) => money(error),
        Reason::Day(error) => day(error),
        Reason::IsADate => "单元格设成了日期格式，请改成数字或文本".to_owned(),
        Reason::NotAName(text) => format!("“{text}”不是编号：只能用字母、数字和 . _ : -"),
        Reason::NotAReference => "要写编号，不要写人名；人名留在账外".to_owned(),
        Reason::UnknownOrganization(name) => format!("没有登记叫“{name}”的单位"),
        Reason::UnknownJurisdiction(name) => format!("没有叫“{name}”的地区，请写六位代码"),
        Reason::Ambiguous { name, candidates } => {
            format!("“{name}”可能是 {}，请写明", candidates.join("、"))
        }
        Reason::NotAVillage(text) => format!("“{text}”不是 12 位村代码"),
        Reason::NotAWord { word, .. } => format!("“{word}”不在可选的词里"),
        Reason::NotACount(text) => format!("“{text}”不是整数"),
        Reason::NotADigest => "不是 64 位校验值".to_owned(),
        Reason::TooLong { chars, limit } => format!("有 {chars} 个字，最多 {limit} 个"),
        Reason::TooMany(count) => format!("有 {count} 项，最多 200 项"),
        Reason::Character(_) => "有不能入账的字符，请删掉".to_owned(),
        Reason::Repeats(row) => format!("与第 {row} 行重复（同一银行流水）"),
        Reason::Incomplete(row) => format!("同一银行流水的第 {row} 行不能入账，整笔都不记"),
        Reason::NotOneSum => "一行只能有一个金额：收入或支出".to_owned(),
        Reason::BelowZero => "已标明收支方向的金额是负数：银行冲回了这一笔".to_owned(),
        Reason::TotalDiffers { stated, summed } => {
            let yuan = |fen: i64| format!("{}.{:02}", fen / 100, fen % 100);
            format!("合计写 {} 元，逐行相加是 {} 元", yuan(stated.get()), yuan(summed.get()))
        }
    }
}

fn day(error: &DayError) -> String {
    format!("日期不对，请写成 2017-10-25（{error}）")
}
