//! Who made an entry and who checked it: staff references, typed at the desk.
//!
//! An account is an organization's and knows no clerk, so who sits there says so once a session and
//! is shown in the desk's bar; each form may still name another. Whether two differ, the rules say.

use crate::access::Principal;
use crate::base::Name;
use crate::service::Problem;
use crate::web::reply::Reply;
use crate::web::visit::{Fields, Visit};
use axum::http::StatusCode;

/// Who made an entry and who checked it, as typed.
pub struct By {
    /// Who made it.
    pub maker: String,
    /// Who checked it; blank where nobody is named yet.
    pub checker: String,
}

/// Who sits at the desk, by the session; else the account itself.
pub fn maker(visit: &Visit, one: &Principal) -> String {
    let secret = visit.session.as_deref();
    let chosen = secret.and_then(|secret| visit.service().sessions.maker(secret));
    chosen.unwrap_or_else(|| one.name.to_string())
}

/// Who made and who checked what a form carries under `maker` and `checker`.
pub fn of(visit: &Visit, one: &Principal, given: &Fields) -> By {
    let typed = given.get("maker").map(str::to_owned);
    By {
        maker: typed.unwrap_or_else(|| maker(visit, one)),
        checker: given.get("checker").unwrap_or_default().to_owned(),
    }
}

/// Remembers for the session who made what was just recorded.
pub fn remember(visit: &Visit, maker: &str) {
    if let (Some(secret), Some(maker)) = (visit.session.as_deref(), Name::parse(maker)) {
        visit.service().sessions.set_maker(secret, maker);
    }
}

/// Takes in who sits at the desk.
pub fn choose(visit: &Visit) -> Result<Reply, Problem> {
    let given = visit.form()?;
    let typed = given.get("maker").unwrap_or_default();
    if given.get("act") == Some("show") {
        return Ok(Reply::see("/desk"));
    }
    if Name::parse(typed).is_none() {
        let page = super::overview(visit, Some(typed))?;
        return Ok(page.with_status(StatusCode::UNPROCESSABLE_ENTITY));
    }
    remember(visit, typed);
    Ok(Reply::see("/desk"))
}
