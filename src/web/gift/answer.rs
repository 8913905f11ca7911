//! What the holder of a code answers: I received it, I have a question. Posted by the built-in
//! principal `gift-desk`, for that one gift and no other (design section 8).
//!
//! The words of a question never enter the chain: they are kept sealed beside it, and the record
//! names their hash alone.

use super::super::reply::Reply;
use super::super::visit::{Fields, Visit};
use super::duties::is_told;
use super::{Open, opened, unkept};
use crate::access::grants::GIFT_DESK;
use crate::access::{Extent, What, extent, sessions};
use crate::base::{Digest, EventId};
use crate::ledger::bulk::Line;
use crate::ledger::telling::{post_atomic, whole};
use crate::ledger::{Incoming, Poster};
use crate::service::bounds::FOLLOW_MAX;
use crate::service::{Problem, door};
use serde_json::json;

/// The longest question, in characters.
pub const QUESTION_CHARACTERS_MAX: usize = 500;

/// The donor received what was told.
///
/// # Errors
/// The form is not of this gift, or the rules refuse it.
pub fn acknowledge(visit: &Visit) -> Result<Reply, Problem> {
    let (open, fields) = form(visit)?;
    post(visit, &open, &fields, "feedback_acknowledged", None)
}

/// The donor has a question about what was told.
///
/// # Errors
/// The form is not of this gift, the question is too long, or the rules refuse it.
pub fn dispute(visit: &Visit) -> Result<Reply, Problem> {
    let (open, fields) = form(visit)?;
    let text = fields.get("text").unwrap_or_default();
    if text.chars().count() > QUESTION_CHARACTERS_MAX {
        let reason = format!("at most {QUESTION_CHARACTERS_MAX} characters");
        return Err(Problem::Parameter { name: "text".to_owned(), reason });
    }
    let kept = match text {
        "" => None,
        text => Some(visit.live().keep_sealed(text).map_err(Problem::Failed)?),
    };
    post(visit, &open, &fields, "feedback_disputed", kept)
}

/// The gift and the form's fields, when the form is of this gift's page.
fn form(visit: &Visit) -> Result<(Open, Fields), Problem> {
    let open = opened(visit, "gift/answer")?;
    let fields = Fields::of_form(&visit.body)?;
    let given = fields.get("form_token").unwrap_or_default();
    let secret = visit.cookie(super::GIFT_COOKIE).unwrap_or_default();
    match sessions::is_form_token(secret, given) {
        true => Ok((open, fields)),
        false => Err(Problem::NotOurs),
    }
}

fn post(
    visit: &Visit,
    open: &Open,
    fields: &Fields,
    kind: &str,
    text_sha256: Option<Digest>,
) -> Result<Reply, Problem> {
    if extent(&open.viewer, What::GiftAnswer) == Extent::Nothing {
        return Err(Problem::NotOpen);
    }
    let id = |name: &str| {
        let wrong = || Problem::Parameter { name: name.to_owned(), reason: "an id".to_owned() };
        fields.get(name).and_then(EventId::parse).ok_or_else(wrong)
    };
    let (event, feedback) = (id("id")?, id("feedback")?);
    if !is_told(visit, &open.viewer, &open.lot, feedback) {
        return Err(Problem::NotFound("feedback"));
    }
    let live = visit.live();
    let ledger = live.ledger().ok_or(Problem::ReadOnly)?;
    visit.service().limits.check_lookup(visit.origin.address)?;
    let _place = visit.service().limits.single_post()?;
    let at = live.views().beside.lot(&open.lot).map(|lot| lot.received_at);
    let at = at.ok_or(Problem::NotFound("gift"))?;
    let mut data = json!({"feedback": feedback});
    if let Some(sha256) = text_sha256 {
        data["text_sha256"] = json!(sha256);
    }
    let body = json!({
        "business_date": door::now().hebei_date(),
        // Nobody signs for whoever holds a code: both names say how the answer came.
        "by": {"checker": "by-code", "maker": "by-code", "org": "platform"},
        "data": data,
        "docs": [],
        "id": event,
        "jurisdiction": at,
        "type": kind,
    });
    let incoming = Incoming::read(body.to_string().as_bytes(), Poster::Only(GIFT_DESK));
    let told = post_atomic(ledger, &[Line { number: 1, incoming }], &whole)?;
    let told = told.into_iter().next().expect("a line has its outcome");
    // The same form again, after its text was sealed anew: it stands already.
    let again = told.code.is_some_and(|code| code.to_string() == "id_conflict");
    if !told.stands() && !again {
        return Err(Problem::Refused(Box::new(told)));
    }
    if let Some(seq) = told.seq {
        live.wait_folded(seq, FOLLOW_MAX);
    }
    Ok(unkept(Reply::see("/gift#told")))
}
