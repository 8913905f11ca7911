//! What comes in: a line of a post becomes a canonical body, and a body becomes an event or a
//! refusal of its shape. Runs before the desk, on all cores.

mod unwrap;

use crate::base::Name;
use crate::chain::canonical::{self, Malformed};
use crate::chain::signature::{PublicKey, SIGNATURES_MAX, Signature};
use crate::domain::{Code, Event, Refusal};
use crate::seam::read_event;
use memchr::memmem;
use serde::Deserialize;
use serde_json::value::RawValue;
use unwrap::unwrap;

/// A body on its way to the desk.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The principal that posts it.
    pub posted_by: String,
    /// Its canonical bytes.
    pub body: Vec<u8>,
    /// The signatures that came with it, sorted by key.
    pub signatures: Vec<Signature>,
}

/// Who posts a line.
#[derive(Clone, Copy, Debug)]
pub enum Poster<'p> {
    /// Whoever the line names, else this principal: for those who can write the folder.
    Trusted(Option<&'p str>),
    /// This principal alone, whose token it is; a line that names another is refused.
    Only(&'p str),
}

impl<'p> From<Option<&'p str>> for Poster<'p> {
    fn from(named: Option<&'p str>) -> Poster<'p> {
        Poster::Trusted(named)
    }
}

/// A line of a post that carries more than the body.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapped<'a> {
    #[serde(borrow)]
    event: &'a RawValue,
    r#as: Option<String>,
    signatures: Option<Vec<SignatureText>>,
    #[serde(rename = "expect")]
    _expect: Option<String>,
}

/// A line that carries an event, whatever else stands in it.
#[derive(Deserialize)]
struct Carries<'a> {
    #[serde(borrow, rename = "event")]
    _event: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureText {
    key: String,
    sig: String,
}

impl Incoming {
    /// Reads a line: a body, or an object of `event`, `as`?, `signatures`?, `expect`? (ignored).
    ///
    /// # Errors
    /// `malformed`, with what is wrong; `not_authorised` when nobody is named as the poster.
    pub fn read<'p>(line: &[u8], poster: impl Into<Poster<'p>>) -> Result<Incoming, Refusal> {
        if let Some((named, event)) = unwrap(line) {
            let body = gated(event)?;
            let posted_by = poster_of(poster.into(), named)?.to_owned();
            return Ok(Incoming { posted_by, body, signatures: Vec::new() });
        }
        let (event, named, signatures) = match serde_json::from_slice::<Wrapped<'_>>(line) {
            Ok(wrapped) => (wrapped.event.get().as_bytes(), wrapped.r#as, wrapped.signatures),
            // A line that is no such object is a body; the gate says what is wrong with it.
            Err(_) => (line, None, None),
        };
        // What is no event at all is said before who did not post it.
        let body = gated(event)?;
        let carries = event.len() == line.len() && memmem::find(line, b"\"event\"").is_some();
        if carries && serde_json::from_slice::<Carries<'_>>(line).is_ok() {
            return Err(Refusal::new(Code::Malformed).about(
                "a line is a body, or an object of event, as, signatures and expect alone, with \
                 as and expect texts",
            ));
        }
        let signatures = read_signatures(signatures.unwrap_or_default())?;
        let posted_by = poster_of(poster.into(), named.as_deref())?.to_owned();
        Ok(Incoming { posted_by, body, signatures })
    }

    /// Brings a body through the gate.
    ///
    /// # Errors
    /// `malformed`, with what is wrong and where.
    pub fn from_body(
        event: &[u8],
        posted_by: &str,
        signatures: Vec<Signature>,
    ) -> Result<Incoming, Refusal> {
        let body = gated(event)?;
        Ok(Incoming { posted_by: posted_by.to_owned(), body, signatures })
    }

    /// Reads the body as an event.
    ///
    /// # Errors
    /// The first of `malformed`, `personal_data`, `unknown_type`, `amount_out_of_range`.
    pub fn event(&self) -> Result<Event<'_>, Refusal> {
        read_event(&self.body)
    }
}

/// Who posts a line that names somebody, or nobody.
fn poster_of<'p>(poster: Poster<'p>, named: Option<&'p str>) -> Result<&'p str, Refusal> {
    let refused = |why| Err(Refusal::new(Code::NotAuthorised).about(why));
    let posted_by = match (poster, named) {
        (Poster::Trusted(_), Some(named)) => named,
        (Poster::Trusted(Some(other)), None) => other,
        (Poster::Trusted(None), None) => {
            return refused("no poster is named; say --as PRINCIPAL");
        }
        (Poster::Only(own), named) if named.is_none_or(|named| named == own) => own,
        (Poster::Only(_), _) => {
            return refused("the line names another principal than the token's");
        }
    };
    match Name::parse(posted_by) {
        Some(_) => Ok(posted_by),
        None => refused("the poster's name is no identifier"),
    }
}

/// The canonical bytes of a body.
fn gated(event: &[u8]) -> Result<Vec<u8>, Refusal> {
    let mut body = Vec::with_capacity(event.len());
    canonical::canonicalise(event, &mut body).map_err(malformed)?;
    Ok(body)
}

fn malformed(fault: Malformed) -> Refusal {
    Refusal::new(Code::Malformed).about(fault.reason)
}

fn read_signatures(texts: Vec<SignatureText>) -> Result<Vec<Signature>, Refusal> {
    let wrong = || Refusal::new(Code::SignatureInvalid).about("signatures");
    let read = |text: &SignatureText| {
        let key = PublicKey::parse(&text.key)?;
        Some(Signature { key, sig: Signature::parse_sig(text.sig.as_bytes())? })
    };
    let mut all: Vec<Signature> =
        texts.iter().map(read).collect::<Option<_>>().ok_or_else(wrong)?;
    all.sort_by_key(|one| one.key);
    let twice = all.windows(2).any(|pair| pair[0].key == pair[1].key);
    if twice || all.len() > SIGNATURES_MAX { Err(wrong()) } else { Ok(all) }
}
