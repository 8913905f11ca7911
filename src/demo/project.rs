//! The ordinary projects of a county, from the library to the closed books: works that a unit
//! carries out with advances and vouchers, and subsidies that households get on their cards.

use super::calendar::plus;
use super::cast::County;
use super::diary::Diary;
use super::purse::{Purse, Share, WAN, round, sum};
use super::random::Random;
use super::site::{Outline, Site};
use crate::base::{Date, EventId};

/// How money reaches those that it is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Works,
    Subsidy,
}

/// A kind of project: category, what it builds or gives, how it pays, which payee.
const KINDS: [(&str, &str, Way, usize); 16] = [
    ("infrastructure", "道路硬化工程", Way::Works, 0),
    ("infrastructure", "桥涵改造工程", Way::Works, 0),
    ("industry", "食用菌大棚建设", Way::Works, 1),
    ("drinking_water", "饮水安全巩固提升", Way::Works, 4),
    ("industry", "肉牛养殖小区", Way::Works, 2),
    ("housing", "危房改造补助", Way::Subsidy, 2),
    ("infrastructure", "田间机耕路", Way::Works, 0),
    ("education", "雨露计划补助", Way::Subsidy, 2),
    ("relocation", "易地扶贫搬迁安置点", Way::Works, 1),
    ("industry", "光伏电站", Way::Works, 1),
    ("employment", "公益岗位补贴", Way::Subsidy, 2),
    ("ecology", "退耕造林", Way::Works, 3),
    ("health", "村卫生室改造", Way::Works, 1),
    ("finance", "小额信贷贴息", Way::Subsidy, 2),
    ("industry", "中药材种植", Way::Works, 3),
    ("drinking_water", "集中供水管网", Way::Works, 4),
];

/// How a county goes about its projects.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// How long everything takes, in percent of the usual.
    pub pace: i64,
    /// Does one payee win everything?
    pub one_payee: bool,
}

/// An ordinary project of the county, the `ordinal`-th, for about so much money. None when the
/// county has nothing left to pay it from.
pub fn ordinary<'c>(
    diary: &mut Diary,
    county: &'c County,
    purse: &mut Purse,
    random: &mut Random,
    ordinal: usize,
    about_fen: i64,
    manner: Manner,
) -> Option<Site<'c>> {
    let (category, what, way, payee) = KINDS[(county.index * 5 + ordinal) % KINDS.len()];
    let begins = begin(random, ordinal);
    let shares = purse.draw(round(about_fen), category, plus(begins, 45));
    let fen = sum(&shares);
    if fen < 3 * WAN {
        shares.into_iter().for_each(|share| purse.add(share));
        return None;
    }
    let village = match county.villages.len() {
        0 => None,
        count => Some(county.villages[(ordinal + random.index(3)) % count].clone()),
    };
    let outline = Outline {
        category,
        what,
        village,
        estimate_fen: round(fen + fen / random.between(8, 30)),
        households: random.between(18, 260),
        unit: random.index(3),
        payee: if manner.one_payee { 4 } else { payee },
    };
    let mut site = Site::admit(diary, county, outline, begins);
    let days = random.between(10, 14);
    site.disclose(diary, "village", days);
    if random.chance(55) {
        site.disclose(diary, "township", 10);
    }
    pass(&mut site, random, manner, 2, 9);
    let funds: Vec<&str> = shares.iter().map(|share| share.fund).collect();
    site.approve(diary, fen + round(fen / random.between(20, 90)), &funds);
    if random.chance(80) {
        site.disclose(diary, "county", 10);
    }
    pass(&mut site, random, manner, 2, 10);
    site.commit(diary, &county.finance, &shares);
    if random.chance(4) {
        cancel(diary, &mut site, random, manner);
        return Some(site);
    }
    if random.chance(10) {
        change(diary, &mut site, random, manner);
    }
    match way {
        Way::Works => works(diary, &mut site, random, manner),
        Way::Subsidy => subsidies(diary, &mut site, random, manner),
    }
    Some(site)
}

/// Most projects begin in spring, some in autumn.
fn begin(random: &mut Random, ordinal: usize) -> Date {
    let first = super::calendar::day(2017, 2, 6);
    let spread =
        if ordinal.is_multiple_of(5) { random.between(120, 230) } else { random.between(0, 120) };
    plus(first, spread)
}

fn pass(site: &mut Site<'_>, random: &mut Random, manner: Manner, least: i64, most: i64) {
    site.thread.pass((random.between(least, most) * manner.pace / 100).max(1));
}

/// Nothing comes of it: the money goes back to where it was arranged from.
fn cancel(diary: &mut Diary, site: &mut Site<'_>, random: &mut Random, manner: Manner) {
    pass(site, random, manner, 30, 80);
    site.release(diary);
    pass(site, random, manner, 2, 9);
    site.cancel(diary, "选址地质条件不符");
}

/// The plans change: a little more is approved, or other works.
fn change(diary: &mut Diary, site: &mut Site<'_>, random: &mut Random, manner: Manner) {
    pass(site, random, manner, 8, 20);
    let approved_fen = site.approved_fen + round(site.approved_fen / random.between(12, 40));
    site.change(diary, approved_fen, "工程量变更");
}

/// Works: advance, progress, vouchers, payments by progress, acceptance, what is left over.
fn works(diary: &mut Diary, site: &mut Site<'_>, random: &mut Random, manner: Manner) {
    let whole = sum(&site.committed);
    let advance = round(whole * random.between(18, 33) / 100);
    pass(site, random, manner, 4, 15);
    site.advance(diary, advance);
    pass(site, random, manner, 15, 35);
    site.certify(diary, 3000);
    pass(site, random, manner, 2, 10);
    site.reimburse(diary, round(advance / 2));
    pass(site, random, manner, 12, 30);
    site.certify(diary, random.between(55, 75) * 100);
    pass(site, random, manner, 2, 8);
    let first = site.pay(diary, round(whole * random.between(25, 34) / 100));
    pass(site, random, manner, 10, 30);
    let gives_back = random.chance(18);
    let open = sum(&site.advanced);
    site.reimburse(diary, if gives_back { round(open * 4 / 5) } else { open });
    if gives_back {
        pass(site, random, manner, 3, 12);
        site.give_back_advance(diary);
    }
    pass(site, random, manner, 5, 25);
    site.certify(diary, 10_000);
    pass(site, random, manner, 3, 12);
    finish(diary, site, random, manner, first, whole);
}

/// The last payment, a retention where there is one, acceptance, notice, surplus, the end.
fn finish(
    diary: &mut Diary,
    site: &mut Site<'_>,
    random: &mut Random,
    manner: Manner,
    first: EventId,
    whole: i64,
) {
    let retention = round(whole / 20);
    let keeps = random.chance(45);
    let saved = if random.chance(25) { whole / random.between(30, 80) } else { 0 };
    let due = sum(&site.committed) - saved - if keeps { retention } else { 0 };
    if due > 0 {
        site.pay(diary, due);
    }
    pass(site, random, manner, 8, 25);
    if random.chance(12) {
        // The settlement audit cuts what was paid first.
        let cut = first_cut(site, whole);
        site.returned(diary, first, &cut, "决算审减");
        pass(site, random, manner, 2, 9);
    }
    let until = plus(site.thread.day, 365);
    let accepted = site.accept(diary, keeps.then_some((retention, until)));
    if random.chance(75) {
        site.disclose_acceptance(diary, accepted);
    }
    pass(site, random, manner, 5, 20);
    if !keeps {
        site.declare_surplus(diary);
        pass(site, random, manner, 2, 8);
        site.close(diary);
    }
}

/// A small part of what the first payment drew on.
fn first_cut(site: &Site<'_>, whole: i64) -> Vec<Share> {
    let first = site.paid.first().map(|share| share.part(share.fen.min(whole / 60)));
    first.into_iter().filter(|share| share.fen > 0).collect()
}

/// Subsidies: batches by list, then the books are closed.
fn subsidies(diary: &mut Diary, site: &mut Site<'_>, random: &mut Random, manner: Manner) {
    let batches = random.between(2, 6);
    let each = round(sum(&site.committed) / batches);
    for batch in 1..=batches {
        pass(site, random, manner, 18, 40);
        let left = if random.chance(30) { round(each / 40) } else { 0 };
        let rest = sum(&site.committed);
        site.subsidise(diary, if batch == batches { rest - left } else { each });
    }
    pass(site, random, manner, 6, 20);
    let accepted = site.accept(diary, None);
    if random.chance(70) {
        site.disclose_acceptance(diary, accepted);
    }
    pass(site, random, manner, 3, 12);
    site.declare_surplus(diary);
    site.close(diary);
}
