//! What the province and its cities do: register everybody, set thresholds, declare pairings,
//! receive money and pass it on.

use super::calendar::{day, working};
use super::cast::{Cast, County, MARK};
use super::diary::{Act, Desk, Diary, Thread};
use super::purse::{Purse, Share, WAN, round};
use super::random::Random;
use crate::base::Date;
use serde_json::json;

/// A quota document of a level above, divided among the counties.
struct Quota {
    lot: &'static str,
    fund: &'static str,
    item: Option<&'static str>,
    year: u16,
    received: (u16, u8, u8),
    passed_on: (u16, u8, u8),
    /// A county's share, in 万元.
    least: i64,
    most: i64,
    purpose: &'static [&'static str],
    whose: Whose,
    by_city: bool,
}

/// Which counties a quota is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whose {
    All,
    Half,
    Third,
    Minority,
}

const WORKS: &[&str] = &["infrastructure", "drinking_water"];

const fn quota(
    lot: &'static str,
    fund: &'static str,
    received: (u16, u8, u8),
    passed_on: (u16, u8, u8),
    share: (i64, i64),
) -> Quota {
    Quota {
        lot,
        fund,
        item: None,
        year: received.0,
        received,
        passed_on,
        least: share.0,
        most: share.1,
        purpose: &[],
        whose: Whose::All,
        by_city: false,
    }
}

const fn agri(lot: &'static str, item: &'static str, share: (i64, i64)) -> Quota {
    Quota { item: Some(item), ..quota(lot, "agri", (2017, 3, 6), (2017, 3, 13), share) }
}

/// What came down. The lots of 2015 and 2016 were there when the ledger was opened (期初); the
/// second provincial one lay at the province for two months, one city let the works' quota lie.
const QUOTAS: [Quota; 14] = [
    quota("2015-central-01", "central_special", (2015, 5, 20), (2015, 6, 15), (40, 160)),
    quota("2016-central-02", "central_special", (2016, 10, 25), (2016, 11, 14), (100, 400)),
    quota("2017-central-01", "central_special", (2017, 1, 9), (2017, 1, 18), (1500, 4200)),
    quota("2017-central-02", "central_special", (2017, 5, 8), (2017, 5, 19), (500, 1800)),
    quota("2017-province-01", "provincial_special", (2017, 2, 20), (2017, 3, 1), (800, 2200)),
    quota("2017-province-02", "provincial_special", (2017, 6, 20), (2017, 8, 25), (300, 900)),
    agri("2017-agri-road", "agri-road", (300, 1200)),
    agri("2017-agri-water", "agri-water", (150, 700)),
    agri("2017-agri-farmland", "agri-farmland", (200, 900)),
    agri("2017-agri-forest", "agri-forest", (80, 420)),
    Quota {
        purpose: &["relocation"],
        whose: Whose::Half,
        ..quota("2017-relocation", "relocation", (2017, 3, 20), (2017, 4, 5), (500, 2500))
    },
    Quota {
        purpose: WORKS,
        whose: Whose::Third,
        by_city: true,
        ..quota("2017-work-relief", "work_relief", (2017, 4, 10), (2017, 4, 20), (200, 640))
    },
    Quota {
        whose: Whose::Minority,
        ..quota("2017-minority", "minority_dev", (2017, 4, 12), (2017, 4, 24), (150, 420))
    },
    Quota {
        purpose: WORKS,
        whose: Whose::Half,
        ..quota("2017-bond", "bond", (2017, 6, 12), (2017, 6, 22), (400, 1500))
    },
];

/// Registers every organization and principal of the cast.
pub fn register(diary: &mut Diary, cast: &Cast) {
    let mut thread = Thread::from(day(2017, 1, 3));
    let organization =
        |diary: &mut Diary, thread: &mut Thread, org: &str, name: &str, kind: &str, seat: &str| {
            let data = json!({ "org": org, "name": name, "kind": kind, "jurisdiction": seat });
            diary.write(thread, Act::new(&cast.operator, "organization_registered", data).late(0));
        };
    let principal = |diary: &mut Diary, thread: &mut Thread, desk: &Desk, role: &str| {
        let data = json!({
            "principal": desk.principal, "role": role, "scope": desk.seat, "org": desk.org,
            "signing": "optional",
        });
        diary.write(thread, Act::new(&cast.operator, "principal_registered", data).late(0));
    };
    let province = [
        (&cast.finance, "河北省财政厅", "finance_bureau", "bureau"),
        (&cast.poverty, "河北省扶贫办", "poverty_office", "poverty_office"),
        (&cast.audit, "河北省审计厅", "audit_office", "auditor"),
        (&cast.discipline, "河北省纪委监督室", "discipline_office", "inspector"),
    ];
    for (desk, name, kind, role) in province {
        organization(diary, &mut thread, &desk.org, &format!("{name}{MARK}"), kind, &desk.seat);
        principal(diary, &mut thread, desk, role);
    }
    for city in &cast.cities {
        let offices = [
            (&city.finance, "财政局", "finance_bureau", "bureau"),
            (&city.poverty, "扶贫办", "poverty_office", "poverty_office"),
        ];
        for (desk, office, kind, role) in offices {
            organization(
                diary,
                &mut thread,
                &desk.org,
                &format!("{}{office}{MARK}", city.name),
                kind,
                city.code,
            );
            principal(diary, &mut thread, desk, role);
        }
    }
    for county in &cast.counties {
        thread.pass(i64::from(county.index.is_multiple_of(8)));
        for (org, name, kind) in county.organizations() {
            organization(diary, &mut thread, org, &name, kind, county.code);
        }
        for (desk, role) in county.principals() {
            principal(diary, &mut thread, desk, role);
        }
    }
}

/// Declares who helps whom: helpers are made up, and so are the pairs.
pub fn pair(diary: &mut Diary, cast: &Cast) {
    let mut thread = Thread::from(day(2017, 1, 16));
    for county in &cast.counties {
        let (kind, seat) = match county.city {
            "130600" | "130700" | "130800" => ("east_west", "110000"),
            city => ("intra_city", city),
        };
        let helper = helper(county);
        let agreement = format!("结对协议-{}{MARK}", county.code);
        let name = format!("示例帮扶单位{:02}{MARK}", county.index + 1);
        let data =
            json!({ "org": helper.org, "name": name, "kind": "helper_unit", "jurisdiction": seat });
        diary.write(&mut thread, Act::new(&cast.operator, "organization_registered", data).late(0));
        let data = json!({
            "principal": helper.principal, "role": "helper_unit", "scope": "130000",
            "org": helper.org,
            "signing": "optional",
        });
        diary.write(&mut thread, Act::new(&cast.operator, "principal_registered", data).late(0));
        let data = json!({
            "pairing": pairing(county), "kind": kind, "helper": helper.org, "helped": county.code,
            "agreement": agreement,
        });
        diary.write(&mut thread, Act::new(&cast.poverty, "pairing_declared", data).late(0));
        if designated(county) {
            let data = json!({
                "pairing": format!("{}-d", pairing(county)), "kind": "designated",
                "helper": helper.org, "helped": county.code, "agreement": agreement,
            });
            diary.write(&mut thread, Act::new(&cast.poverty, "pairing_declared", data).late(0));
        }
    }
}

/// The helper of a county.
pub fn helper(county: &County) -> Desk {
    Desk::new(&format!("helper-{:02}", county.index + 1), "130000", "协")
}

/// The pairing of a county.
pub fn pairing(county: &County) -> String {
    format!("pair-{}", county.code)
}

/// Does a designated unit (定点扶贫单位) help the county too?
pub fn designated(county: &County) -> bool {
    county.index.is_multiple_of(3)
}

/// The province sets the thresholds that its own rules name; the numbers are made up.
pub fn set_policies(diary: &mut Diary, cast: &Cast) {
    let mut thread = Thread::from(day(2017, 1, 12));
    for (key, value, unit) in [
        ("advance_cap_bp", 4000, "bp"),
        ("disclosure_min_days", 10, "days"),
        ("feedback_receipt_days", 10, "days"),
        ("feedback_use_days", 30, "days"),
        ("allocation_days", 30, "days"),
    ] {
        let data = json!({
            "key": key, "value": value, "unit": unit, "source": format!("管理办法{MARK}"),
            "effective_from": "2017-01-01",
        });
        diary.write(&mut thread, Act::new(&cast.poverty, "policy_set", data));
    }
}

/// Receives every quota and passes it on; gives each county's purse.
pub fn pass_on(diary: &mut Diary, cast: &Cast) -> Vec<Purse> {
    let mut purses: Vec<Purse> = cast.counties.iter().map(|_| Purse::default()).collect();
    let adopted = adopt(diary, &cast.finance, "provincial_special", 400_000 * WAN);
    for quota in &QUOTAS {
        pass_quota_on(diary, cast, quota, adopted, &mut purses);
    }
    for city in &cast.cities {
        let adopted = adopt(diary, &city.finance, "municipal_special", 8_000 * WAN);
        pass_city_money_on(diary, cast, city.code, adopted, &mut purses);
    }
    outside_the_62(diary, cast);
    purses
}

/// A little goes to a county that is not poor: allowed, and looked at (R28).
fn outside_the_62(diary: &mut Diary, cast: &Cast) {
    let mut thread = Thread::from(day(2017, 3, 27));
    allocate(diary, &mut thread, &cast.finance, "2017-central-01", "130121", 20 * WAN, false);
}

fn adopt(diary: &mut Diary, desk: &Desk, fund: &str, amount_fen: i64) -> Thread {
    let mut thread = Thread::from(day(2017, 1, 17));
    let data = json!({
        "fund": fund, "fiscal_year": 2017, "amount_fen": amount_fen, "subject_code": "2130505",
    });
    diary.write(&mut thread, Act::new(desk, "budget_adopted", data));
    thread
}

fn pass_quota_on(
    diary: &mut Diary,
    cast: &Cast,
    quota: &Quota,
    adopted: Thread,
    purses: &mut [Purse],
) {
    let mut random = Random::of(diary.seed(), quota.lot);
    let shares = shares(cast, quota, &mut random);
    let whole: i64 = shares.iter().map(|(_, fen)| fen).sum();
    if whole == 0 {
        return;
    }
    // A small part stays at the province for the end of the year.
    let kept = round(whole / random.between(25, 60));
    let mut thread = Thread::from(date(quota.received));
    thread.recorded = thread.recorded.max(adopted.recorded);
    let mut data = json!({
        "lot": quota.lot, "fund": quota.fund, "fiscal_year": quota.year, "amount_fen": whole + kept,
        "provider": "上级财政(示例)", "purpose": quota.purpose,
    });
    if let Some(item) = quota.item {
        data["item"] = json!(item);
    }
    let old = quota.year < 2017;
    let opening = |act| if old { Act::note(act, "期初") } else { act };
    diary.write(&mut thread, opening(Act::new(&cast.finance, "funds_received", data)));
    thread.day = working(date(quota.passed_on));
    let mut cities = Vec::new();
    if quota.by_city {
        for city in &cast.cities {
            let of_city = |at: usize| cast.counties[at].city == city.code;
            let fen: i64 = shares.iter().filter(|(at, _)| of_city(*at)).map(|(_, fen)| fen).sum();
            if fen > 0 {
                allocate(diary, &mut thread, &cast.finance, quota.lot, city.code, fen, false);
                let mut passing = thread;
                passing.pass(if city.code == "130500" { 75 } else { random.between(6, 20) });
                cities.push((city, passing));
            }
        }
    }
    for (at, fen) in shares {
        let county = &cast.counties[at];
        let (desk, thread) = match cities.iter_mut().find(|(city, _)| city.code == county.city) {
            Some((city, passing)) => (&city.finance, passing),
            None => (&cast.finance, &mut thread),
        };
        thread.pass(i64::from(random.chance(12)));
        allocate(diary, thread, desk, quota.lot, county.code, fen, old);
        purses[at].add(Share {
            lot: quota.lot.to_owned(),
            fund: quota.fund,
            fen,
            plan: None,
            purpose: quota.purpose,
            known: *thread,
        });
    }
}

fn pass_city_money_on(
    diary: &mut Diary,
    cast: &Cast,
    code: &str,
    adopted: Thread,
    purses: &mut [Purse],
) {
    let city = cast.city(code);
    let mut random = Random::of(diary.seed(), code);
    let of_city: Vec<&County> = cast.counties.iter().filter(|county| county.city == code).collect();
    let shares: Vec<i64> = of_city.iter().map(|_| random.between(9_000, 42_000) * 10_000).collect();
    let lot = format!("2017-{code}-own");
    let mut thread = adopted;
    thread.wait(Thread::from(day(2017, 3, 8)));
    let data = json!({
        "lot": lot, "fund": "municipal_special", "fiscal_year": 2017,
        "amount_fen": shares.iter().sum::<i64>(), "provider": city.finance.org, "purpose": [],
    });
    diary.write(&mut thread, Act::new(&city.finance, "funds_received", data));
    for (county, fen) in of_city.into_iter().zip(shares) {
        thread.pass(random.between(1, 4));
        allocate(diary, &mut thread, &city.finance, &lot, county.code, fen, false);
        purses[county.index].add(Share {
            lot: lot.clone(),
            fund: "municipal_special",
            fen,
            plan: None,
            purpose: &[],
            known: thread,
        });
    }
}

fn allocate(
    diary: &mut Diary,
    thread: &mut Thread,
    desk: &Desk,
    lot: &str,
    to: &str,
    fen: i64,
    old: bool,
) {
    let data = json!({ "lot": lot, "to": to, "amount_fen": fen });
    let act = Act::new(desk, "allocation_made", data);
    diary.write(thread, if old { act.note("期初") } else { act });
}

/// What each county gets of a quota: by its place in the list, with its own weight, in whole
/// hundreds of yuan.
fn shares(cast: &Cast, quota: &Quota, random: &mut Random) -> Vec<(usize, i64)> {
    let mut shares = Vec::new();
    for county in &cast.counties {
        let fen = random.between(quota.least * 100, quota.most * 100) * 10_000;
        let gets = match quota.whose {
            Whose::All => true,
            Whose::Half => county.index.is_multiple_of(2),
            Whose::Third => county.index % 3 == 1,
            Whose::Minority => county.name.contains('族'),
        };
        if gets {
            shares.push((county.index, fen));
        }
    }
    shares
}

fn date((year, month, of_month): (u16, u8, u8)) -> Date {
    day(year, month, of_month)
}
