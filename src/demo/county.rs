//! A county's year: its budget, its plan, its projects, its gifts, and what is left at the end.

use super::calendar::{day, plus};
use super::cast::{Cast, County, MARK};
use super::diary::{Act, Diary, Thread};
use super::gifts::{self, LookUp, Target};
use super::irregular::{Irregular, Scene, plant};
use super::project::{Manner, ordinary};
use super::purse::{Purse, Share, WAN, lots, round};
use super::random::Random;
use super::site::{Outline, Site};
use super::{paired, supervision};
use serde_json::{Value, json};

/// How much happens in a county.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy {
    /// How many ordinary projects.
    pub projects: usize,
    /// How many gifts with a story of their own.
    pub gifts: usize,
    /// How many small gifts of the poverty day.
    pub small_gifts: usize,
}

/// Tells a county's year out of what came down to it; gives look-up codes of gifts whose donors
/// heard.
pub fn year(
    diary: &mut Diary,
    cast: &Cast,
    county: &County,
    mut purse: Purse,
    busy: Busy,
) -> Vec<LookUp> {
    let mut random = Random::of(diary.seed(), county.code);
    let is = |irregular: Irregular| irregular.is_in(county.index, cast.counties.len());
    supervision::file(diary, cast, county);
    supervision::tour(diary, cast, county);
    tighten(diary, county);
    let idle = match is(Irregular::IdleLots) {
        true => purse.set_aside(|share| !share.lot.starts_with("2017")),
        false => Vec::new(),
    };
    if !is(Irregular::NoBudget) {
        own_budget(diary, county, &mut purse, &mut random);
    }
    borrow(diary, county, &mut purse, &mut random);
    consolidate(diary, county, &mut purse, &mut random, is(Irregular::PlanUnkept));
    let target = open_for_gifts(diary, county, busy.gifts);
    let mut scene =
        Scene { diary, cast, county, purse: &mut purse, random: &mut random, target: &target };
    plant(&mut scene);
    let manner = Manner { pace: random.between(80, 165), one_payee: is(Irregular::OnePayee) };
    let surplus = projects(diary, county, &mut purse, &mut random, manner, busy.projects);
    paired::year(diary, cast, county, &mut random, &target);
    let silent = is(Irregular::SilentCharity);
    let look_ups = (0..busy.gifts)
        .filter_map(|_| gifts::gift(diary, cast, county, &mut random, &target, silent))
        .collect();
    gifts::campaign(diary, county, &mut random, &target, busy.small_gifts);
    supervision::close_months(diary, cast, county);
    settle_surplus(diary, county, &surplus);
    end(diary, cast, county, &purse, idle, &mut random);
    look_ups
}

/// Some counties ask for more than the province does.
fn tighten(diary: &mut Diary, county: &County) {
    if county.index % 5 == 2 {
        let mut thread = Thread::from(day(2017, 1, 23));
        let data = json!({
            "key": "advance_cap_bp", "value": 3500, "unit": "bp", "source": format!("报账制办法{MARK}"),
            "effective_from": "2017-02-01",
        });
        diary.write(&mut thread, Act::new(&county.poverty, "policy_set", data));
    }
}

/// The county's own money (Article 16): adopted, received in two parts, in autumn a little more.
fn own_budget(diary: &mut Diary, county: &County, purse: &mut Purse, random: &mut Random) {
    let adopted = random.between(180, 900) * WAN;
    let more = adopted / 10;
    let mut thread = Thread::from(plus(day(2017, 2, 7), random.between(0, 20)));
    let data = json!({
        "fund": "county_own", "fiscal_year": 2017, "amount_fen": adopted, "subject_code": "2130505",
    });
    diary.write(&mut thread, Act::new(&county.finance, "budget_adopted", data));
    let receive =
        |diary: &mut Diary, thread: &mut Thread, purse: &mut Purse, part: &str, fen: i64| {
            let lot = format!("2017-{}-own-{part}", county.code);
            let data = json!({
                "lot": lot, "fund": "county_own", "fiscal_year": 2017, "amount_fen": fen,
                "provider": county.finance.org, "purpose": [],
            });
            diary.write(thread, Act::new(&county.finance, "funds_received", data));
            let known = *thread;
            purse.add(Share { lot, fund: "county_own", fen, plan: None, purpose: &[], known });
        };
    thread.pass(10);
    receive(diary, &mut thread, purse, "1", adopted * 3 / 5);
    thread.wait(Thread::from(day(2017, 7, 6)));
    receive(diary, &mut thread, purse, "2", adopted * 2 / 5);
    if random.chance(40) {
        thread.wait(Thread::from(day(2017, 10, 23)));
        let data = json!({
            "fund": "county_own", "fiscal_year": 2017, "from_fen": adopted,
            "to_fen": adopted + more,
        });
        diary.write(&mut thread, Act::new(&county.finance, "budget_adjusted", data));
        thread.pass(5);
        receive(diary, &mut thread, purse, "3", more);
    }
}

/// A third of the counties borrow through a platform 投融资平台.
fn borrow(diary: &mut Diary, county: &County, purse: &mut Purse, random: &mut Random) {
    if county.index % 3 != 2 {
        return;
    }
    let mut thread = Thread::from(day(2017, 4, 11));
    let (lot, fen) = (format!("2017-{}-loan", county.code), random.between(300, 1400) * WAN);
    let purpose = &["industry", "infrastructure"];
    let data = json!({
        "lot": lot, "fund": "platform_loan", "fiscal_year": 2017, "amount_fen": fen,
        "provider": "扶贫投融资平台(示例)", "purpose": purpose,
    });
    diary.write(&mut thread, Act::new(&county.finance, "funds_received", data));
    let fund = "platform_loan";
    purse.add(Share { lot, fund, fen, plan: None, purpose, known: thread });
}

/// The county consolidates its agricultural money and part of the special funds (Article 17).
fn consolidate(
    diary: &mut Diary,
    county: &County,
    purse: &mut Purse,
    random: &mut Random,
    unkept: bool,
) {
    let plan = format!("ZH-{}-2017", county.code);
    let agri = purse.set_aside(|share| share.fund == "agri");
    let special = purse.draw_lot(random.between(200, 700) * WAN, "2017-central-01");
    let all: Vec<Share> = agri.into_iter().chain(special).collect();
    let mut thread = Thread::from(day(2017, 4, 10));
    thread.pass(random.between(0, 8));
    let data = plan_body(&plan, &all, if unkept { 200 } else { 100 }, 1);
    diary.write(&mut thread, Act::new(&county.finance, "consolidation_plan_filed", data));
    thread.pass(3);
    let data = json!({
        "subject": { "kind": "plan", "id": plan }, "level": "county", "channel": "website",
        "place": format!("县政府门户网站{MARK}"), "from": thread.day, "until": plus(thread.day, 13),
        "content_sha256": diary.file(&format!("notice/{plan}")),
    });
    diary.write(&mut thread, Act::new(&county.finance, "disclosure_published", data));
    for share in all {
        thread.wait(share.known).pass(1);
        let data = json!({ "plan": plan, "lots": [{ "lot": share.lot, "amount_fen": share.fen }] });
        diary.write(&mut thread, Act::new(&county.finance, "funds_consolidated", data));
        purse.add(Share { plan: Some(plan.clone()), known: thread, ..share });
    }
    if random.chance(35) {
        // A later version asks for more than the first.
        thread.wait(Thread::from(day(2017, 9, 11)));
        let mut more = purse.draw_lot(random.between(30, 120) * WAN, "2017-central-02");
        let lines: Vec<Share> = purse
            .shares()
            .iter()
            .filter(|share| share.plan.as_deref() == Some(&plan))
            .cloned()
            .collect();
        version_two(diary, county, &mut thread, &plan, &lines, &mut more);
        more.into_iter().for_each(|share| purse.add(share));
    }
}

fn version_two(
    diary: &mut Diary,
    county: &County,
    thread: &mut Thread,
    plan: &str,
    lines: &[Share],
    more: &mut [Share],
) {
    let all: Vec<Share> = lines.iter().chain(more.iter()).cloned().collect();
    let data = plan_body(plan, &all, 100, 2);
    diary.write(thread, Act::new(&county.finance, "consolidation_plan_filed", data));
    for share in more {
        thread.wait(share.known).pass(2);
        let data = json!({ "plan": plan, "lots": [{ "lot": share.lot, "amount_fen": share.fen }] });
        diary.write(thread, Act::new(&county.finance, "funds_consolidated", data));
        share.plan = Some(plan.to_owned());
        share.known = *thread;
    }
}

/// A plan with a line for each item and fund, planning so many percent of what there is.
fn plan_body(plan: &str, shares: &[Share], percent: i64, version: u32) -> Value {
    let mut lines: Vec<(&str, &str, i64)> = Vec::new();
    for share in shares {
        let (key, word) = match share.fund {
            // The item of an agricultural lot stands in its name: 2017-agri-road.
            "agri" => ("item", share.lot.split_once('-').map_or("", |(_, item)| item)),
            fund => ("fund", fund),
        };
        match lines.iter_mut().find(|line| (line.0, line.1) == (key, word)) {
            Some(line) => line.2 += share.fen,
            None => lines.push((key, word, share.fen)),
        }
    }
    let items: Vec<Value> = lines
        .iter()
        .map(|(key, word, fen)| json!({ *key: word, "planned_fen": round(fen * percent / 100) }))
        .collect();
    json!({
        "plan": plan, "fiscal_year": 2017, "items": items, "filed_to": "130000", "version": version,
    })
}

/// A project that is open to gifts and helpers all year.
///
/// It is approved for more than `gifts` gifts and the helpers together can bring.
fn open_for_gifts(diary: &mut Diary, county: &County, gifts: usize) -> Target {
    let village = county.villages.get(4).cloned();
    let (category, what) = match county.index % 3 {
        0 => ("education", "爱心助学"),
        1 => ("health", "大病救助"),
        _ => ("drinking_water", "爱心水窖"),
    };
    let gifts = i64::try_from(gifts).expect("a county has a few gifts");
    let estimate_fen = (1_000 + 30 * gifts) * WAN;
    let outline =
        Outline { category, what, village, estimate_fen, households: 300, unit: 2, payee: 3 };
    let mut site = Site::admit(diary, county, outline, day(2017, 1, 16));
    site.disclose(diary, "village", 12);
    site.approve(diary, estimate_fen, &["donation", "paired", "designated"]);
    Target::of(&site)
}

fn projects(
    diary: &mut Diary,
    county: &County,
    purse: &mut Purse,
    random: &mut Random,
    manner: Manner,
    count: usize,
) -> Vec<Share> {
    // A small part of the money finds no project: how much differs from county to county.
    let arranged = purse.total() / 100 * random.between(80, 97);
    let usual = arranged / i64::try_from(count.max(1)).expect("a county has a few projects");
    let mut surplus = Vec::new();
    for ordinal in 0..count {
        let about = usual * random.between(35, 165) / 100;
        let site = ordinary(diary, county, purse, random, ordinal, about, manner);
        surplus.extend(site.iter().flat_map(Site::left_over));
    }
    surplus
}

/// What projects left over is arranged anew, or paid into the treasury. Central money is left
/// where it is: the province may take it back.
fn settle_surplus(diary: &mut Diary, county: &County, surplus: &[Share]) {
    let own = surplus.iter().filter(|share| !share.lot.contains("-central-")).take(4);
    for (at, share) in own.enumerate() {
        let mut thread = Thread::from(day(2017, 11, 13));
        thread.wait(share.known).pass(5);
        let act = match at % 2 {
            0 => Act::new(
                &county.finance,
                "surplus_released",
                json!({ "lots": lots(std::slice::from_ref(share)) }),
            ),
            _ => Act::new(
                &county.finance,
                "funds_withdrawn",
                json!({
                    "lot": share.lot, "from": "surplus", "amount_fen": share.fen,
                    "reason": "paid_into_treasury",
                }),
            ),
        };
        diary.write(&mut thread, act);
    }
}

/// The end of the year: interest, a plan's rest released, idle money recalled, surplus paid over.
fn end(
    diary: &mut Diary,
    cast: &Cast,
    county: &County,
    purse: &Purse,
    idle: Vec<Share>,
    random: &mut Random,
) {
    let finance = &county.finance;
    let mut thread = Thread::from(day(2017, 12, 21));
    let data = json!({
        "lot": format!("2017-{}-interest", county.code), "fund": "interest", "fiscal_year": 2017,
        "amount_fen": random.between(400_000, 2_600_000), "provider": "县农村信用联社(示例)",
        "purpose": [], "of_lot": "2017-central-01",
    });
    diary.write(&mut thread, Act::new(finance, "funds_received", data));
    let mut thread = Thread::from(day(2018, 1, 15));
    let rest: Vec<&Share> = purse.shares().iter().filter(|share| share.fen > 0).collect();
    for share in rest.iter().filter(|share| share.plan.is_some()).take(1) {
        let data =
            json!({ "plan": share.plan, "lots": [{ "lot": share.lot, "amount_fen": share.fen }] });
        diary.write(&mut thread, Act::new(finance, "consolidation_released", data));
    }
    // Idle lots stay idle in the counties that an inspector is to find; elsewhere the province
    // takes back what was not arranged.
    if idle.is_empty() && random.chance(50) {
        for share in
            rest.iter().filter(|share| share.plan.is_none() && share.lot.contains("-central-"))
        {
            thread.pass(2);
            let data = json!({
                "lot": share.lot, "from": county.code, "amount_fen": share.fen, "reason": "结转资金收回",
            });
            diary.write(&mut thread, Act::new(&cast.finance, "allocation_recalled", data));
        }
    }
}
