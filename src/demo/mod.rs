//! The demo: a synthetic year of the 62 poor counties, so that a stranger sees a ledger at work
//! within seconds.
//!
//! Every organization and every amount is made up and marked 示例; donors and persons are opaque
//! references that stand for nobody. The story goes through the ledger like any other event, by
//! its principals, under a clock that stands where the story is; the same seed gives the same
//! bytes. The key of a demo ledger follows from its seed, so it proves nothing: never post real
//! events to one.
//!
//! ```text
//! province ─▶ purses ─▶ county: plan, irregularities, projects, helpers, gifts ─▶ diary ─▶ ledger
//! ```

mod calendar;
mod cast;
mod county;
mod diary;
mod gifts;
mod irregular;
mod paired;
mod project;
mod province;
mod purse;
mod random;
mod site;
mod supervision;
mod telling;

pub use gifts::LookUp;
pub use telling::{Error, Made, make};

use cast::Cast;
use county::Busy;
use diary::{Diary, Entry};

/// How many poor counties there are.
pub const COUNTIES: usize = 62;

/// What the origin of every demo ledger begins with.
const ORIGIN: &str = "shili.fundtrail.example/";

/// Which story is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Story {
    /// What everything follows from.
    pub seed: u64,
    /// About how many events happen, over all 62 counties.
    pub events: usize,
    /// How many of the counties appear, in the order of their codes.
    pub counties: usize,
}

impl Default for Story {
    fn default() -> Story {
        Story { seed: 1, events: 20_000, counties: COUNTIES }
    }
}

impl Story {
    /// The origin of the ledger that it is told to.
    pub fn origin(&self) -> String {
        format!("{ORIGIN}2017-seed-{}", self.seed)
    }

    /// How much happens in each county. What happens whatever is asked (registers, quotas, plans,
    /// reports, irregularities) takes about 150 events a county; projects take the greater part of
    /// the rest.
    fn busy(&self) -> Busy {
        let free = (self.events / COUNTIES).saturating_sub(150);
        Busy { projects: 2 + free / 23, gifts: 2 + free / 24, small_gifts: 3 + free / 40 }
    }

    /// Everything that happens, in the order of recording, and look-up codes of gifts to try.
    fn tell(&self) -> (Vec<Entry>, Vec<LookUp>) {
        let cast = Cast::of(self.counties);
        let mut diary = Diary::new(self.seed);
        province::register(&mut diary, &cast);
        province::pair(&mut diary, &cast);
        province::set_policies(&mut diary, &cast);
        let purses = province::pass_on(&mut diary, &cast);
        let mut look_ups = Vec::new();
        for (county, purse) in cast.counties.iter().zip(purses) {
            look_ups.extend(county::year(&mut diary, &cast, county, purse, self.busy()));
        }
        (diary.into_entries(), look_ups)
    }
}

/// Is this the origin of a demo ledger?
pub fn is_demo(origin: &str) -> bool {
    origin.starts_with(ORIGIN)
}
